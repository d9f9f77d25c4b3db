// Command serve serves the shop, to look at it or to test it by hand: with no fault, with all, or with some by name.
//
//	go run ./agents/targets/serve -addr 127.0.0.1:8099 -faults all
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents/targets/shop"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8099", "address to listen on; loopback only")
	faults := flag.String("faults", "", `faults to switch on, with commas between; "all" for all`)
	flag.Parse()
	if err := serve(*addr, *faults); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(addr, faults string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("%s is no loopback address: the shop has real holes, and must not be offered to others", host)
	}
	server := &http.Server{Addr: addr, Handler: shop.New(strings.FieldsFunc(faults, func(r rune) bool { return r == ',' })...), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute}
	fmt.Println("http://" + addr)
	return server.ListenAndServe()
}
