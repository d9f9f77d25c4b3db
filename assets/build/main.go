// Command build makes assets/dist from assets/src: it bundles scripts and styles, draws the sprite of icons, names every
// file by its content, compresses it and writes manifest.json. It needs neither network nor Node, and gives the same
// bytes for the same sources.
//
//	go run ./build                    from the folder assets, as go generate does
//	go run ./build vendor DIR         copies the third-party sources out of DIR, a node_modules folder, into vendor
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	switch {
	case len(args) == 0:
		return build(".", out)
	case len(args) == 2 && args[0] == "vendor":
		return vendor(args[1], "vendor", "src/icons.txt")
	default:
		return errors.New("use: build, or build vendor DIR")
	}
}

// build makes dist under dir, the folder assets.
func build(dir string, out io.Writer) error {
	d, err := newDist(dir)
	if err != nil {
		return err
	}
	// The sprite comes first: scripts know its name.
	if err := sprite(dir, d); err != nil {
		return err
	}
	if err := bundle(dir, d); err != nil {
		return err
	}
	if err := words(dir, d); err != nil {
		return err
	}
	if err := licences(dir, d); err != nil {
		return err
	}
	if err := d.addFile("favicon.svg", "src/favicon.svg"); err != nil {
		return err
	}
	return d.write(out)
}
