package site

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"golang.org/x/net/html/charset"
)

// Bounds of site maps. The protocol has 50 MB and 50,000 addresses for each.
const (
	maxMap      = 50 << 20 // bytes, unpacked
	maxEntries  = 50_000   // of one
	maxMaps     = 200      // of one source
	maxMapDepth = 3        // of lists of site maps in lists of site maps
	maxElements = 16       // depth of elements
)

// siteMap is what a site map names: pages, or other site maps.
type siteMap struct{ pages, maps []string }

// parseMap reads a site map: XML, packed or not, or a line an address.
func parseMap(data []byte) (*siteMap, error) {
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		r, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, invalid(Broken, "the packed site map is damaged")
		}
		if data, err = io.ReadAll(io.LimitReader(r, maxMap+1)); err != nil {
			return nil, invalid(Broken, "the packed site map is damaged")
		}
	}
	if len(data) > maxMap {
		return nil, invalid(Broken, "the site map has more than %d MiB", maxMap>>20)
	}
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	if head := strings.ToLower(string(data[:min(len(data), 8)])); strings.HasPrefix(head, "http://") || strings.HasPrefix(head, "https://") {
		return &siteMap{pages: mapLines(string(data))}, nil
	}
	return mapElements(data)
}

func mapLines(text string) (list []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && len(list) < maxEntries {
			list = append(list, line)
		}
	}
	return list
}

func mapElements(data []byte) (*siteMap, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = charset.NewReaderLabel
	m, open := new(siteMap), []string{}
	var text strings.Builder
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && len(open) == 0 && (m.pages != nil || m.maps != nil) {
			return m, nil
		}
		if err != nil {
			return nil, invalid(Broken, "this is no site map, or one that is cut off or damaged")
		}
		switch e := token.(type) {
		case xml.StartElement:
			if len(open) == 0 && e.Name.Local != "urlset" && e.Name.Local != "sitemapindex" {
				return nil, invalid(Broken, "this is no site map, or one that is cut off or damaged")
			}
			if len(open) == 0 {
				m.pages, m.maps = []string{}, []string{}
			}
			if len(open) == maxElements {
				return nil, invalid(Broken, "elements of the site map lie more than %d deep in each other", maxElements)
			}
			open = append(open, e.Name.Local)
			text.Reset()
		case xml.CharData:
			if len(open) == 3 && open[2] == "loc" && text.Len()+len(e) <= 4*MaxAddress {
				text.Write(e)
			}
		case xml.EndElement:
			if len(open) == 3 && open[2] == "loc" { // not <image:loc>, which lies deeper
				m.add(open[1], strings.TrimSpace(text.String()))
			}
			open = open[:len(open)-1]
		}
		if len(m.pages)+len(m.maps) >= maxEntries {
			return m, nil
		}
	}
}

func (m *siteMap) add(element, address string) {
	switch {
	case address == "":
	case element == "url":
		m.pages = append(m.pages, address)
	case element == "sitemap":
		m.maps = append(m.maps, address)
	}
}
