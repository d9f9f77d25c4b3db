// Command generate makes features.json of the npm package @mdn/browser-compat-data (CC0): which properties of CSS and
// interfaces of scripts there are, and since when all of the browsers of Baseline have them.
//
//	npm pack @mdn/browser-compat-data@8.1.9 && tar xzf mdn-browser-compat-data-*.tgz
//	go run ./agents/probes/compat/generate -from package/data.json -to agents/probes/compat/features.json
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"
)

// core are the browsers of Baseline.
var core = []string{"chrome", "chrome_android", "edge", "firefox", "firefox_android", "safari", "safari_ios"}

type (
	object  = map[string]any
	feature struct {
		Name string `json:"n"`
		// Since is the day on which the last of the browsers had it; "" when one has it not.
		Since string `json:"s,omitempty"`
		// Without are the browsers that have it not.
		Without []string `json:"w,omitempty"`
	}
)

func main() {
	from, to := flag.String("from", "", "data.json of the package"), flag.String("to", "", "features.json to write")
	flag.Parse()
	if err := run(*from, *to); err != nil {
		log.Fatal(err)
	}
}

func run(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	var all object
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	released := releases(all)
	under := func(path ...string) object {
		at := all
		for _, name := range path {
			at, _ = at[name].(object) //nolint:errcheck // what is not there has nothing under it
		}
		return at
	}
	pick := func(at object, written func(name string) string) []feature {
		var list []feature
		for name, v := range at {
			o, ok := v.(object)
			if !ok || strings.HasPrefix(name, "__") || written(name) == "" {
				continue
			}
			if f, ok := of(o, released); ok {
				f.Name = written(name)
				list = append(list, f)
			}
		}
		slices.SortFunc(list, func(a, b feature) int { return strings.Compare(a.Name, b.Name) })
		return list
	}
	same := func(name string) string { return name }
	member := func(object string) func(string) string {
		return func(name string) string {
			if name == object || name == strings.ToUpper(name) || strings.HasSuffix(name, "_event") || strings.Contains(name, "-") {
				return ""
			}
			return object + "." + strings.TrimSuffix(name, "_static")
		}
	}
	static := func(object string) func(string) string {
		return func(name string) string {
			if !strings.HasSuffix(name, "_static") {
				return ""
			}
			return object + "." + strings.TrimSuffix(name, "_static")
		}
	}
	meta := under("__meta")
	out := struct {
		Version    string    `json:"version"`
		Timestamp  string    `json:"timestamp"`
		Properties []feature `json:"properties"`
		Rules      []feature `json:"rules"`
		Selectors  []feature `json:"selectors"`
		Interfaces []feature `json:"interfaces"` // made with new
		Members    []feature `json:"members"`    // of what scripts have one of: navigator, document, and statics
	}{Version: fmt.Sprint(meta["version"]), Timestamp: fmt.Sprint(meta["timestamp"]), Properties: pick(under("css", "properties"), same), Rules: pick(under("css", "at-rules"), same), Selectors: pick(under("css", "selectors"), same)}
	for name, v := range under("api") {
		if o, ok := v.(object); ok && o[name] != nil { // it has a constructor
			if f, ok := of(o, released); ok && !strings.HasPrefix(name, "_") {
				f.Name = name
				out.Interfaces = append(out.Interfaces, f)
			}
		}
	}
	slices.SortFunc(out.Interfaces, func(a, b feature) int { return strings.Compare(a.Name, b.Name) })
	for global, path := range map[string][]string{"navigator": {"api", "Navigator"}, "document": {"api", "Document"}} {
		out.Members = append(out.Members, pick(under(path...), member(global))...)
	}
	for name := range under("javascript", "builtins") {
		out.Members = append(out.Members, pick(under("javascript", "builtins", name), static(name))...)
	}
	for name := range under("javascript", "builtins", "Intl") {
		if !strings.HasPrefix(name, "__") && name == strings.ToUpper(name[:1])+name[1:] {
			out.Members = append(out.Members, pick(object{name: under("javascript", "builtins", "Intl", name)}, func(string) string { return "Intl." + name })...)
		}
	}
	slices.SortFunc(out.Members, func(a, b feature) int { return strings.Compare(a.Name, b.Name) })
	out.Members = slices.CompactFunc(out.Members, func(a, b feature) bool { return a.Name == b.Name })
	written, err := json.Marshal(out)
	if err != nil {
		return err
	}
	// One feature a line, so that what a newer version changes can be read.
	text := strings.ReplaceAll(strings.ReplaceAll(string(written), `},{"n"`, "},\n"+`{"n"`), `":[{`, "\":[\n{")
	return os.WriteFile(to, []byte(text+"\n"), 0o644) //nolint:gosec // it is committed
}

// releases are the days of all versions.
func releases(all object) map[string]map[string]string {
	days := map[string]map[string]string{}
	browsers, _ := all["browsers"].(object) //nolint:errcheck // without browsers there is nothing to say
	for _, name := range core {
		days[name] = map[string]string{}
		b, _ := browsers[name].(object)       //nolint:errcheck // as above
		versions, _ := b["releases"].(object) //nolint:errcheck // as above
		for version, v := range versions {
			if release, ok := v.(object); ok {
				if day, ok := release["release_date"].(string); ok {
					days[name][version] = day
				}
			}
		}
	}
	return days
}

// of reads the support of a feature; not ok when it is none, or no standard.
func of(o object, released map[string]map[string]string) (f feature, ok bool) {
	compat, ok := o["__compat"].(object)
	if !ok {
		return f, false
	}
	if status, ok := compat["status"].(object); ok && (status["standard_track"] == false || status["deprecated"] == true) {
		return f, false
	}
	support, ok := compat["support"].(object)
	if !ok {
		return f, false
	}
	for _, name := range core {
		day := since(support[name], released[name])
		if day == "" {
			f.Without = append(f.Without, name)
		}
		f.Since = max(f.Since, day)
	}
	if len(f.Without) > 0 {
		f.Since = ""
	}
	return f, true
}

// since is the day on which a browser had a feature whole, without a prefix or a switch; "" when it has not.
func since(support any, released map[string]string) string {
	if list, ok := support.([]any); ok {
		for _, one := range list {
			if day := since(one, released); day != "" {
				return day
			}
		}
		return ""
	}
	s, ok := support.(object)
	if !ok || s["version_removed"] != nil || s["prefix"] != nil || s["alternative_name"] != nil || s["flags"] != nil || s["partial_implementation"] == true {
		return ""
	}
	version, ok := s["version_added"].(string)
	if !ok || version == "preview" {
		return ""
	}
	if day := released[strings.TrimPrefix(version, "≤")]; day != "" {
		return day
	}
	return ""
}
