// Command stats prints the sizes of our Go files and functions beside the budgets that we keep in mind.
package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type sized struct {
	name  string
	lines int
}

func run(out *os.File) error {
	var files, functions, interfaces []sized
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "vendor" || strings.HasPrefix(d.Name(), ".") && name != ".") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") {
			return nil
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, name, src, 0)
		if err != nil {
			return err
		}
		files = append(files, sized{name, bytes.Count(src, []byte("\n"))})
		ast.Inspect(tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				lines := set.Position(n.End()).Line - set.Position(n.Pos()).Line + 1
				functions = append(functions, sized{name + " " + n.Name.Name, lines})
			case *ast.TypeSpec:
				if i, ok := n.Type.(*ast.InterfaceType); ok {
					interfaces = append(interfaces, sized{name + " " + n.Name.Name, len(i.Methods.List)})
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%-12s %7s %7s %7s %7s   %s\n", "", "count", "median", "95 %", "most", "the largest (budget: files 120/400/600, functions 12/50/100, methods 8)")
	for _, g := range []struct {
		name string
		list []sized
	}{{"files", files}, {"functions", functions}, {"interfaces", interfaces}} {
		slices.SortFunc(g.list, func(a, b sized) int { return a.lines - b.lines })
		n := len(g.list)
		if n == 0 {
			continue
		}
		last := g.list[n-1]
		fmt.Fprintf(out, "%-12s %7d %7d %7d %7d   %s\n", g.name, n, g.list[n/2].lines, g.list[n*95/100].lines, last.lines, last.name)
	}
	return nil
}
