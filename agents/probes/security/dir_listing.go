package security

import (
	"context"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func dirListing() *agents.Probe {
	return &agents.Probe{
		ID: "dir-listing", Title: "Folders that list their files",
		Decides:  "The folder of a file that pages load or link to answers with a list of files: headed as one and naming a file that is known to be in it, or made of nothing but links to what is in it, two known ones among them.",
		Keeps:    "The list.",
		Advice:   "Turn listings off in the server, or put an index into the folder.",
		Needs:    agents.NeedsHTTP,
		Severity: agents.Medium, References: []string{"CWE-548"}, Skills: []string{"misconfiguration", "exposure"},
		Check: agents.Each(folders, func(ctx context.Context, lab *agents.Lab, f *folder) agents.Outcome {
			x := lab.Get(ctx, f.url)
			if !x.Answered() {
				return agents.BlockOn(x.Fault)
			}
			if x.Status != 200 || discover.IsMissing(lab.Surface, x, pathOf(f.url)) {
				return agents.Pass()
			}
			names, lists := listing(reading.HTML(x), f)
			if !lists {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text: "Whoever asks for the folder sees what is in it, also what no page links to.", Where: agents.Place{URL: f.url}, Cause: at("listing of folders", f.url),
				Evidence: []agents.Evidence{agents.Excerpt("what it lists", strings.Join(names, "\n")), agents.Exchanged("answer", x)},
			})
		}),
	}
}

// folder is one in which files are known to be.
type folder struct {
	url   string
	known map[string]bool
}

// Key implements surface.Item.
func (f *folder) Key() string { return "folder " + pathOf(f.url) }

// Address implements surface.Item.
func (f *folder) Address() string { return f.url }

// maxFolders bounds how many are asked for.
const maxFolders = 40

// folders are those of assets and of linked files, and those that they lie in, without the root.
func folders(s *surface.Surface) []*folder {
	byURL := map[string]*folder{}
	add := func(address string) {
		u, err := url.Parse(address)
		if err != nil || strings.HasSuffix(u.Path, "/") || path.Ext(u.Path) == "" {
			return
		}
		for name := path.Base(u.Path); ; {
			u.Path, u.RawPath, u.RawQuery, u.Fragment = path.Dir(u.Path), "", "", ""
			if u.Path == "/" || u.Path == "." {
				return
			}
			at := u.String() + "/"
			if byURL[at] == nil {
				byURL[at] = &folder{url: at, known: map[string]bool{}}
			}
			byURL[at].known[name] = true
			name = path.Base(u.Path)
		}
	}
	for _, a := range s.Assets {
		if a.Inside && a.Answer != nil && a.Answer.OK() {
			add(a.URL)
		}
	}
	for _, l := range s.Links {
		if l.Inside && l.Status > 0 && l.Status < 400 {
			add(l.URL)
		}
	}
	var list []*folder
	for _, f := range byURL {
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b *folder) int { return strings.Compare(a.Key(), b.Key()) })
	return list[:min(len(list), maxFolders)]
}

var headed = regexp.MustCompile(`(?i)^\s*(?:index of|directory listing|listing (?:of|directory)|contents of)\b`)

// listing tells whether a document is a list of a folder's files, and names them.
func listing(doc *reading.Document, f *folder) (names []string, lists bool) {
	if doc == nil {
		return nil, false
	}
	parent, err := url.Parse(f.url)
	if err != nil {
		return nil, false
	}
	others, known := 0, 0
	doc.Find("a[href]").Each(func(_ int, e *goquery.Selection) {
		href := e.AttrOr("href", "")
		u := doc.Resolve(href)
		if u == nil || strings.HasPrefix(href, "?") || strings.HasPrefix(href, "#") { // a column to sort by
			return
		}
		name := strings.TrimSuffix(strings.TrimPrefix(u.Path, parent.Path), "/")
		words := strings.TrimSuffix(strings.TrimSpace(e.Text()), "/")
		switch {
		case u.Host != parent.Host || !strings.HasPrefix(parent.Path, u.Path) && (!strings.HasPrefix(u.Path, parent.Path) || strings.Contains(name, "/")):
			others++
		case strings.HasPrefix(parent.Path, u.Path): // the folder above, or itself
		case words != name && !strings.HasPrefix(name, strings.TrimRight(words, ".>…")) && !strings.Contains(words, name): // long names are cut
			others++
		default:
			names = append(names, name)
			if f.known[name] {
				known++
			}
		}
	})
	isHeaded := headed.MatchString(doc.Find("title").First().Text()) || headed.MatchString(doc.Find("h1").First().Text())
	switch {
	case isHeaded:
		return names, known >= 1 || len(names) >= 2
	default:
		return names, known >= 2 && others == 0
	}
}
