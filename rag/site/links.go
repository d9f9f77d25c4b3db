package site

import (
	"bytes"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// maxLinks is how many links of a page are looked at.
const maxLinks = 20_000

// unread are endings of files that cannot be read: links to them are not followed.
var unread = strings.Fields(".png .jpg .jpeg .gif .webp .avif .svg .ico .bmp .tif .tiff .css .js .mjs .map .woff .woff2 .ttf .otf .eot .mp3 .mp4 .m4a .m4v .mov .avi .webm .ogg .wav .flac .zip .gz .tgz .bz2 .xz .7z .rar .tar .exe .dmg .iso .msi .deb .rpm .apk .jar .wasm .bin .ppt .pptx .doc .xls .rss .atom .xml")

// linksOf returns the addresses that a page links to, each once, and what it calls its own address.
func linksOf(at *url.URL, page []byte) (links []*url.URL, canonical *url.URL) {
	z := html.NewTokenizer(bytes.NewReader(page))
	base, seen := at, map[string]bool{}
	for {
		switch z.Next() {
		case html.ErrorToken:
			return links, canonical
		case html.StartTagToken, html.SelfClosingTagToken:
		default:
			continue
		}
		name, more := z.TagName()
		tag := string(name)
		if tag != "a" && tag != "area" && tag != "link" && tag != "base" {
			continue
		}
		href, rel := "", ""
		for more {
			var key, value []byte
			key, value, more = z.TagAttr()
			switch string(key) {
			case "href":
				href = strings.TrimSpace(string(value))
			case "rel":
				rel = strings.ToLower(string(value))
			}
		}
		if href == "" || len(href) > 4*MaxAddress {
			continue
		}
		target, err := base.Parse(href)
		if err != nil {
			continue
		}
		if tag == "base" {
			if base == at {
				base = target
			}
			continue
		}
		u, err := tidy(target)
		switch {
		case err != nil:
		case tag == "link":
			if canonical == nil && slices.Contains(strings.Fields(rel), "canonical") {
				canonical = u
			}
		case !seen[u.String()] && len(links) < maxLinks && !slices.Contains(unread, strings.ToLower(path.Ext(u.Path))):
			seen[u.String()] = true
			links = append(links, u)
		}
	}
}

// canonicalOf is the address under which a page is kept: what it calls its own where that is only another way to write it.
func canonicalOf(g *got) *url.URL {
	if !isHTML(g.media) {
		return g.url
	}
	if _, own := linksOf(g.url, g.data); own != nil && variant(own, g.url) {
		return own
	}
	return g.url
}
