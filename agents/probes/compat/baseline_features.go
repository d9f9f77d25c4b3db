package compat

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func baselineFeatures() *agents.Probe {
	return &agents.Probe{
		ID: "baseline-features", Title: "Feature that not all browsers have, taken for granted",
		Decides:    "A style sheet uses a property, rule or selector, or a script an interface, that the browsers of Baseline (Chrome, Edge, Firefox and Safari) have not all had for 30 months, without @supports or a test for it, and without what does the same elsewhere beside it. What only refines where it is known, such as text-wrap, is left out.",
		Keeps:      "The feature, who has it, and the line.",
		Advice:     "Put it into @supports or behind a test (if (\"share\" in navigator)), and let the page do without it where it is missing.",
		References: []string{"MDN BCD"}, Severity: agents.Low, Skills: []string{"standards"},
		Check: agents.Each(written, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			uses := map[string]use{}
			for _, s := range styles(lab.Surface, p) {
				inStyles(s, lab.Now(), uses)
			}
			all := ""
			list := scripts(lab.Surface, p)
			for _, s := range list { // a test in one script is one for all
				all += s.text + "\n"
			}
			for _, s := range list {
				inScripts(s, all, lab.Now(), uses)
			}
			if ctx.Err() != nil {
				return agents.BlockOn(ctx.Err())
			}
			var findings []agents.Finding
			const most = 20
			for _, name := range slices.Sorted(maps.Keys(uses)) {
				u := uses[name]
				if len(findings) < most {
					findings = append(findings, agents.Finding{
						Text: fmt.Sprintf("%s is used without a test for it, and is %s.", name, u.words()), Cause: name, Where: u.at.place(u.line),
						Evidence: []agents.Evidence{agents.Table("The feature", agents.ByReading, []string{"feature", "browsers", "line", "there"}, []string{name, u.words(), fmt.Sprint(u.at.line + u.line), u.text})},
					})
				}
			}
			return agents.Fail(findings...)
		}),
	}
}

// use is the first place of a feature.
type use struct {
	feature
	at   source
	line int
	text string
}

// refines are features without which a page is as good as before, only plainer.
var (
	refines     = regexp.MustCompile(`^(?:text-wrap|text-box|text-spacing|text-autospace|text-size-adjust|text-rendering|text-justify|text-decoration|text-emphasis|text-underline|scrollbar|accent-color|view-transition|hyphen|overscroll|interpolate|user-select|caret|font|print-color|color-adjust|forced-color|touch-action|image-rendering|animation|timeline|scroll|will-change|resize|zoom|hanging|initial-letter|ruby|orphans|widows|math|corner|field-sizing|line-clamp|-)`)
	refineRules = set("@view-transition @starting-style @property @counter-style @font-face @font-feature-values @font-palette-values @page @charset @namespace")
	parted      = regexp.MustCompile(`::?([a-z][a-z-]*)`)
	refineParts = regexp.MustCompile(`^(?:-|view-transition|selection|scroll|spelling|grammar|highlight|target|autofill|user|marker|placeholder|file|search|picker|checkmark|details|after|before|open|popover|fullscreen|state|first|last|active-view)`)
)

// inStyles adds the features of a style sheet that are not widely available.
func inStyles(s source, now time.Time, uses map[string]use) {
	add := func(name string, f feature, ok bool, line int, text string) {
		if _, twice := uses[name]; ok && !twice && !f.isWide(now) {
			uses[name] = use{f, s, line, reading.Shorten(text, 200)}
		}
	}
	web := known()
	for _, b := range blocks(s.text) {
		if slices.ContainsFunc(append(b.within, b.prelude), func(p string) bool { return strings.HasPrefix(strings.ToLower(p), "@supports") }) {
			continue
		}
		names := map[string]bool{}
		for _, d := range b.declarations {
			names[d.name] = true
		}
		for _, d := range b.declarations {
			if refines.MatchString(d.name) || names["-webkit-"+d.name] || names["-moz-"+d.name] {
				continue
			}
			f, ok := web.properties[d.name]
			add(d.name, f, ok, d.line, d.name+": "+d.value)
		}
		if rule, _, _ := strings.Cut(strings.ToLower(b.prelude), " "); strings.HasPrefix(rule, "@") {
			if f, ok := web.rules[rule[1:]]; !refineRules[rule] {
				add(rule, f, ok, b.line, b.prelude)
			}
			continue
		}
		for _, part := range parted.FindAllStringSubmatch(b.prelude, -1) {
			if f, ok := web.selectors[part[1]]; !refineParts.MatchString(part[1]) {
				add(part[0], f, ok, b.line, b.prelude)
			}
		}
	}
}

var (
	madeNew = regexp.MustCompile(`\bnew\s+(?:window\.|self\.|globalThis\.)?([A-Z][A-Za-z]+)\s*\(`)
	called  = regexp.MustCompile(`\b(navigator|document|Array|Object|Promise|Intl|Map|Math|RegExp|URL|Iterator|Uint8Array|Error|String|Symbol|AbortSignal|Atomics|Temporal)\.([a-zA-Z]+)(\?\.)?\s*[(.]`)
)

// inScripts adds the interfaces of a script that are not widely available and that no script tests for.
func inScripts(s source, all string, now time.Time, uses map[string]use) {
	web := known()
	code := s.text
	lineOf := func(at int) int { return 1 + strings.Count(code[:at], "\n") }
	for _, found := range madeNew.FindAllStringSubmatchIndex(code, 500) {
		name := code[found[2]:found[3]]
		f, ok := web.interfaces[name]
		if key := "new " + name; ok && !f.isWide(now) && uses[key].Name == "" && !tested(all, "", name) && !strings.Contains(all, "class "+name) && !strings.Contains(all, "function "+name) {
			uses[key] = use{f, s, lineOf(found[0]), reading.Around(code, found[0], found[1], 40)}
		}
	}
	for _, found := range called.FindAllStringSubmatchIndex(code, 2000) {
		object, member := code[found[2]:found[3]], code[found[4]:found[5]]
		key := object + "." + member
		f, ok := web.members[key]
		if ok && !f.isWide(now) && uses[key].Name == "" && found[6] < 0 && !tested(all, object, member) {
			uses[key] = use{f, s, lineOf(found[0]), reading.Around(code, found[0], found[1], 40)}
		}
	}
}

// tested tells whether scripts look whether there is such a thing before they use it.
func tested(code, object, name string) bool {
	quoted := regexp.QuoteMeta(name)
	whole := quoted
	if object != "" {
		whole = regexp.QuoteMeta(object) + `\s*\??\.\s*` + quoted
	}
	for _, shape := range []string{
		`['"]` + quoted + `['"]\s*in\b`, `typeof\s+(?:window\.|self\.|globalThis\.)?` + whole + `\b`, `\b` + whole + `\s*(?:&&|\|\||\?[^.]|\?\.|===?|!==?)`, `!\s*(?:window\.|self\.)?` + whole + `\b`,
		`\bif\s*\(\s*(?:window\.|self\.|globalThis\.)?` + whole + `\s*\)`, `\b(?:window|self|globalThis)\.` + whole + `\s*[^\s(.]`, `\b` + object + `\?\.` + quoted, `\b` + whole + `\s*=[^=]`,
	} {
		if regexp.MustCompile(shape).MatchString(code) {
			return true
		}
	}
	return false
}
