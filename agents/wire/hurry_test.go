package wire_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents/wire"
)

func TestPermit(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(server.Close)
	scope, err := wire.NewScope(server.URL, nil, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	budget := wire.NewBudget(20, 0.01) // at the campaign's pace, the second request would wait for a minute and more
	client := wire.NewClient(scope, budget, "atelier-test", time.Now)
	t.Cleanup(client.Close)
	if budget.Fastest() != 0.04 || wire.NewBudget(0, 0).Fastest() < 100 {
		t.Errorf("the fastest are %v and %v", budget.Fastest(), wire.NewBudget(0, 0).Fastest())
	}
	permit := budget.Permit(1000, 1000)
	if permit.Rate() != 0.04 || permit.Requests() != 10 {
		t.Errorf("a permit for %v a second and %d requests", permit.Rate(), permit.Requests())
	}
	few := budget.Permit(1000, 1)
	if x := client.Send(t.Context(), wire.Request{URL: server.URL, Permit: few}); !x.OK() {
		t.Errorf("%+v", x.Fault)
	}
	if x := client.Send(t.Context(), wire.Request{URL: server.URL, Permit: few}); x.Fault == nil || x.Fault.Kind != wire.Spent {
		t.Errorf("more than were permitted: %+v", x.Fault)
	}
	if budget.Sent() != 1 {
		t.Errorf("%d requests are counted", budget.Sent())
	}
}

// What takes away what was made is sent when nothing else is any more, within bounds of its own.
func TestTidy(t *testing.T) {
	t.Parallel()
	server, client := target(t, func(http.ResponseWriter, *http.Request) {}, 2)
	spent := func(tidy bool) bool {
		x := client.Send(t.Context(), wire.Request{URL: server.URL, Tidy: tidy})
		return x.Fault != nil && x.Fault.Kind == wire.Spent
	}
	for n, want := range []bool{false, false, true} {
		if spent(false) != want {
			t.Errorf("request %d: spent %v", n, !want)
		}
	}
	n := 0
	for ; n < 1000 && !spent(true); n++ {
	}
	if n < 20 || n > 500 || !spent(false) || client.Budget().Sent() != int64(2+n) || client.Budget().Spare() != 0 {
		t.Errorf("%d requests tidied up, %d are counted", n, client.Budget().Sent())
	}
}

func TestUnpaced(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(server.Close)
	scope, err := wire.NewScope(server.URL, nil, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	budget := wire.NewBudget(100, 0.01)
	proxy, err := wire.NewProxy(scope, budget)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { proxy.Close() })
	through := &http.Client{Timeout: 300 * time.Millisecond, Transport: &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: proxy.Address()})}}
	ask := func() int {
		answer, err := through.Get(server.URL)
		if err != nil {
			return 0
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	end := budget.Unpaced(5)
	for range 5 {
		if status := ask(); status != 200 {
			t.Fatalf("a page's request waits for the pace: %d", status)
		}
	}
	if status := ask(); status != 200 { // the first at the campaign's own pace
		t.Errorf("%d", status)
	}
	end()
	if status := ask(); status == 200 {
		t.Error("what is sent after the end does not keep to the pace")
	}
}

func TestConnect(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") }))
	t.Cleanup(server.Close)
	scope, err := wire.NewScope(server.URL, nil, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	client := wire.NewClient(scope, wire.NewBudget(1, 0), "atelier-test", time.Now)
	t.Cleanup(client.Close)
	connection, fault := client.Connect(t.Context(), "tcp", nil)
	if fault != nil {
		t.Fatal(fault)
	}
	defer connection.Close()
	fmt.Fprint(connection, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if answer, err := http.ReadResponse(bufio.NewReader(connection), nil); err != nil || answer.StatusCode != 200 {
		t.Error(err)
	} else {
		answer.Body.Close()
	}
	if _, fault := client.Connect(t.Context(), "tcp", nil); fault == nil || fault.Kind != wire.Spent {
		t.Errorf("a connection is not counted: %v", fault)
	}
}
