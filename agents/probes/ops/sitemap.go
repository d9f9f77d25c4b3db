package ops

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Bounds of what is looked at of a site map.
const (
	mostAddresses = 50
	longestMap    = 16 << 20
)

// mapped says what is wrong with a site map. The outcome says why that could not be told.
func mapped(ctx context.Context, lab *agents.Lab, doc *surface.Document) ([]agents.Finding, *agents.Outcome) {
	locations, wrong := readMap(doc.Data)
	if len(wrong) > 0 {
		return []agents.Finding{{
			Title: "Site map that is not well-formed", Cause: "site map " + pathOf(doc.URL), Where: agents.Place{URL: doc.URL, Line: wrong[0].number},
			Text: fmt.Sprintf("%s is not as a site map should be: %s.", pathOf(doc.URL), wrong[0].why), Evidence: []agents.Evidence{linesOf(wrong)},
		}}, nil
	}
	target := lab.Client.Scope().Target()
	rows := [][]string{{"address", "status"}}
	away := [][]string{{"address"}}
	for _, address := range variously(locations)[:min(len(locations), mostAddresses)] {
		u, err := url.Parse(address)
		if err != nil {
			continue
		}
		if !lab.Client.Scope().Allows(u) {
			if !ofDevelopment(u, target) { // that of the site in production, most likely
				continue
			}
			away = append(away, []string{address})
			u.Scheme, u.Host = target.Scheme, target.Host
			if !lab.Client.Scope().Allows(u) {
				continue
			}
		}
		if p := lab.Surface.Page(u.String()); p != nil && p.Answer != nil && p.Answer.OK() {
			continue
		}
		x := lab.Send(ctx, wire.Request{URL: u.String(), Follow: true})
		if o, ok := stopped(x); !ok {
			return nil, &o
		}
		if x.Answered() && (x.Status == 404 || x.Status == 410 || discover.IsMissing(lab.Surface, x, u.EscapedPath())) {
			rows = append(rows, []string{address, strconv.Itoa(x.Status)})
		}
	}
	var findings []agents.Finding
	if len(away) > 1 {
		findings = append(findings, agents.Finding{
			Title: "Site map that leads to a machine of development", Cause: "other origin in " + pathOf(doc.URL), Where: agents.Place{URL: doc.URL},
			Text:     fmt.Sprintf("%s lists addresses that are not at %s but at a machine of development, such as %s: nobody else can open them, and crawlers drop them.", pathOf(doc.URL), wire.Origin(target), away[1][0]),
			Evidence: []agents.Evidence{agents.Table("Elsewhere", agents.ByReading, away[:min(len(away), 21)]...)},
		})
	}
	if len(rows) > 1 {
		findings = append(findings, agents.Finding{
			Title: "Site map that lists what is missing", Cause: "missing in " + pathOf(doc.URL), Where: agents.Place{URL: doc.URL},
			Text:     fmt.Sprintf("%s lists %d addresses at which there is nothing, such as %s.", pathOf(doc.URL), len(rows)-1, rows[1][0]),
			Evidence: []agents.Evidence{agents.Table("Missing", agents.ByHTTP, rows...)},
		})
	}
	return findings, nil
}

// variously puts one address of every shape first: those of one shape are drawn by the same code.
func variously(locations []string) []string {
	var first, rest []string
	seen := map[string]bool{}
	for _, address := range locations {
		if shape := surface.ShapeOf(address); !seen[shape] {
			seen[shape] = true
			first = append(first, address)
		} else {
			rest = append(rest, address)
		}
	}
	return append(first, rest...)
}

// ofDevelopment tells whether an address is at a machine that only its developers reach, and not the target by another
// name: under test, a target on loopback may well name its host in production.
func ofDevelopment(u, target *url.URL) bool {
	host, own := strings.ToLower(u.Hostname()), strings.ToLower(target.Hostname())
	if portOf(u) == portOf(target) && (isLoopback(host) && isLoopback(own) || strings.TrimPrefix(host, "www.") == strings.TrimPrefix(own, "www.")) {
		return false
	}
	if host == own {
		return u.Port() != "" && portOf(u) != "80" && portOf(u) != "443"
	}
	return isLoopback(host) || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".test")
}

func isLoopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && (ip.IsLoopback() || ip.IsUnspecified())
}

func portOf(u *url.URL) string {
	if u.Port() == "" {
		return map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Port()
}

// readMap reads the addresses of a site map, and says what is wrong with it.
func readMap(data []byte) (locations []string, wrong []line) {
	if z, err := gzip.NewReader(bytes.NewReader(data)); err == nil {
		if plain, err := io.ReadAll(io.LimitReader(z, longestMap)); err == nil {
			data = plain
		}
	}
	data = bytes.TrimPrefix(bytes.TrimSpace(data), []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(data, []byte("http")) { // a list of addresses, one a line
		return strings.Fields(string(data)), nil
	}
	decoder := xml.NewDecoder(bytes.NewReader(data))
	decoder.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	root := ""
	for len(wrong) < 20 {
		token, err := decoder.Token()
		number, _ := decoder.InputPos()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, append(wrong, line{number, lineAt(data, number), "it is no well-formed XML: " + err.Error()})
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if root == "" {
			if root = start.Name.Local; root != "urlset" && root != "sitemapindex" && root != "rss" && root != "feed" {
				return nil, []line{{number, lineAt(data, number), "its outermost element is " + root + ", and not urlset or sitemapindex"}}
			}
		}
		if start.Name.Local != "loc" {
			continue
		}
		var address string
		if err := decoder.DecodeElement(&address, &start); err != nil {
			return nil, append(wrong, line{number, lineAt(data, number), "it is no well-formed XML: " + err.Error()})
		}
		address = strings.TrimSpace(address)
		if u, err := url.Parse(address); err != nil || !u.IsAbs() || u.Host == "" {
			wrong = append(wrong, line{number, lineAt(data, number), "an address in a site map is a whole one"})
			continue
		}
		locations = append(locations, address)
	}
	if root == "" {
		wrong = append(wrong, line{1, "", "it is empty"})
	}
	return locations, wrong
}

func lineAt(data []byte, number int) string {
	lines := bytes.SplitN(data, []byte("\n"), number+1)
	if number < 1 || number > len(lines) {
		return ""
	}
	return strings.TrimSpace(reading.Shorten(string(lines[number-1]), 200))
}
