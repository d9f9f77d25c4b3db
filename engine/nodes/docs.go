package nodes

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

// WriteDocs writes the reference of all kinds as Markdown: docs/nodes.md.
func WriteDocs(w io.Writer, set *Set) error {
	b := bufio.NewWriter(w)
	fmt.Fprint(b, "# Node kinds\n\nGenerated from the catalogue by `make generate`; do not edit. Every example here is run by a test.\n")
	group := ""
	for _, k := range set.Kinds() {
		if k.Group != group {
			group = k.Group
			fmt.Fprintf(b, "\n- **%s**:", group)
		}
		fmt.Fprintf(b, " [%s](#%s)", k.Title, anchor(k.Name))
	}
	fmt.Fprintln(b)
	group = ""
	for _, k := range set.Kinds() {
		if k.Group != group {
			group = k.Group
			fmt.Fprintf(b, "\n## %s\n", group)
		}
		writeKind(b, k)
	}
	return b.Flush()
}

// anchor is the link to the heading of a kind, as GitHub makes it.
func anchor(name string) string { return strings.ReplaceAll(name, ".", "") }

func writeKind(b *bufio.Writer, k *engine.Kind) {
	fmt.Fprintf(b, "\n### %s\n\n**%s.** %s\n\n%s\n\n", k.Name, k.Title, k.Summary, k.Doc)
	in, out := (&engine.Node{Kind: k.Name, Params: map[string]any{}}).Ports(k)
	fmt.Fprintf(b, "Inputs: %s. Outputs: %s. %s\n", portList(in), portList(out), strings.TrimSpace(cadence(k)+" "+effectText(k)))
	if len(k.Params) > 0 {
		fmt.Fprint(b, "\n| parameter | type | default | |\n|---|---|---|---|\n")
		writeParams(b, k.Params, "")
	}
	for _, e := range k.Examples {
		writeExample(b, e)
	}
}

func portList(ports []engine.Port) string {
	if len(ports) == 0 {
		return "none"
	}
	list := make([]string, len(ports))
	for i, p := range ports {
		list[i] = "`" + p.Name + "`"
	}
	return strings.Join(list, ", ")
}

func cadence(k *engine.Kind) string {
	switch {
	case k.Trigger:
		return "Starts runs."
	case k.PerItem:
		return "Works on every item by itself."
	}
	return "Works on all items at once."
}

func effectText(k *engine.Kind) string {
	switch k.Effect {
	case engine.AtMostOnce:
		return "After a crash in the middle it may ask before it is run again."
	case engine.Idempotent:
		return "After a crash in the middle it is run again with the same key."
	default:
		return ""
	}
}

func writeParams(b *bufio.Writer, params []engine.Param, prefix string) {
	for _, p := range params {
		note := p.Label
		if p.Required {
			note += " (required)"
		}
		if p.Help != "" {
			note += ". " + p.Help
		}
		if len(p.Options) > 0 {
			values := make([]string, len(p.Options))
			for i, o := range p.Options {
				values[i] = "`" + o.Value + "`"
			}
			note += ": " + strings.Join(values, ", ")
		}
		if name, values, ok := strings.Cut(p.Show, "="); ok {
			note += fmt.Sprintf(". For `%s` %s", name, strings.ReplaceAll(values, "|", ", "))
		}
		def := ""
		if p.Default != nil && len(p.Fields) == 0 {
			def = "`" + canonical(p.Default) + "`"
		}
		fmt.Fprintf(b, "| `%s%s` | %s | %s | %s |\n", prefix, p.Name, p.Type, cell(def), cell(note))
		writeParams(b, p.Fields, prefix+p.Name+"[].")
	}
}

func cell(s string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ").Replace(s)
}

func writeExample(b *bufio.Writer, e engine.Example) {
	fmt.Fprintf(b, "\n*%s*\n\n```json\n", e.Name)
	line := func(name string, v any) {
		data, err := json.Marshal(v)
		if err != nil {
			data = fmt.Append(nil, v)
		}
		fmt.Fprintf(b, "%s: %s\n", name, strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(data)))
	}
	if len(e.Params) > 0 {
		line("params", e.Params)
	}
	if len(e.Input) > 0 {
		line("input ", e.Input)
	}
	if e.Error != "" {
		line("error ", e.Error)
	} else if e.Output != nil {
		line("output", e.Output)
	}
	fmt.Fprint(b, "```\n")
}
