package injection

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/similar"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func xpathLDAPNoSQL() *agents.Probe {
	return &agents.Probe{
		ID: "xpath-ldap-nosql", Title: "A value from the request becomes part of a query (XPath, LDAP or a document database)",
		Decides:  "A character of the query's language raises its error, or an operator in a value decides what is answered: a true one as it should, a false one not, and so again with other words.",
		Keeps:    "The answers, and how alike they are.",
		Advice:   "Give values to queries as parameters; where that cannot be, escape them for the language, and take only texts where a text is meant.",
		Needs:    needs,
		Severity: agents.High, References: []string{"CWE-643", "CWE-90", "CWE-943"},
		Check: agents.Each(inputs, runXPathLDAPNoSQL),
	}
}

// language is a query's language, with what its readers say of a query that is none.
type language struct {
	name, reference string
	breaks          []string
	says            *regexp.Regexp
	conditions      []condition
}

// The conditions are in functions that only their language has.
var languages = []language{
	{
		name: "XPath", reference: "CWE-643", breaks: []string{"'", `"`},
		says: regexp.MustCompile(`(?i)XPathException|XPathExpressionException|XPathEvalError|xmlXPathEval[^<\n]*|Invalid predicate|SimpleXMLElement::xpath\(\)|DOMXPath::|XPath error[^<\n]*|(?:xpath|expression)[^<\n]{0,40}(?:unclosed string|has an invalid token|must evaluate to a node-set)[^<\n]*`),
		conditions: []condition{
			{yes: "{v}' and string-length('{a}')=5 and 'q'='q", no: "{v}' and string-length('{a}')=6 and 'q'='q"},
			{yes: "{v}' or string-length('{a}')=5 or 'q'='r", no: "{v}' or string-length('{a}')=6 or 'q'='r", widens: true},
		},
	},
	{
		name: "LDAP", reference: "CWE-90", breaks: []string{")(", "*)(("},
		says: regexp.MustCompile(`(?i)javax\.naming\.[A-Za-z.]*Exception|LDAPException|LDAP Result Code|com\.sun\.jndi\.ldap|Bad search filter|Search filter (?:is invalid|expected)|ldap_search\(\)|(?:The search filter is (?:incorrect|invalid))|ldap[^<\n]{0,40}(?:filter compile error|malformed filter|unbalanced parenthes)[^<\n]*`),
		conditions: []condition{
			{yes: "{v})(objectClass=*)(!(cn={a})", no: "{v})(objectClass=*)(cn={a}"},
			{yes: "*)(!(cn={a})", no: "*)(cn={a}", widens: true},
		},
	},
	{
		name: "JavaScript of a document database", reference: "CWE-943", breaks: []string{"'\"`{\n;$Foo}"},
		says: regexp.MustCompile(`(?i)Mongo(?:Server|DB)?Error[^<\n]*|MongoDB\\Driver\\Exception[^<\n]*|unknown (?:top level )?operator: \$[^<\n]*|SyntaxError[^<\n]{0,60}\$where|com\.mongodb\.[A-Za-z.]*Exception`),
		conditions: []condition{
			{yes: "{v}' && typeof '{a}'==='string' && 'q'==='q", no: "{v}' && typeof '{a}'==='number' && 'q'==='q"},
			{yes: "{v}' || typeof '{a}'==='string' || 'q'==='r", no: "{v}' || typeof '{a}'==='number' || 'q'==='r", widens: true},
		},
	},
}

func runXPathLDAPNoSQL(ctx context.Context, lab *agents.Lab, in *surface.Input) agents.Outcome {
	a, stop := at(ctx, lab, in)
	if stop != nil {
		return *stop
	}
	defer a.close()
	for _, l := range languages {
		f, stop := a.complains(ctx, l)
		if stop != nil {
			return *stop
		}
		if f != nil {
			return agents.Fail(*f)
		}
	}
	d, stop := a.differential(ctx)
	if stop != nil {
		return *stop
	}
	f, stop := a.operators(ctx, d.bar())
	if f == nil && stop == nil {
		f, stop = a.queries(ctx, d)
	}
	switch {
	case stop != nil:
		return *stop
	case f != nil:
		return agents.Fail(*f)
	}
	return agents.Pass()
}

// complains tells whether a language's own characters raise its error.
func (a *aim) complains(ctx context.Context, l language) (*agents.Finding, *agents.Outcome) {
	if l.says.Match(a.base.Body) {
		return nil, nil
	}
	var values []string
	for _, b := range l.breaks {
		values = append(values, a.in.Known+b)
	}
	x, value, line, stop := a.proved(ctx, values, func(x *wire.Exchange, _ string) string { return l.says.FindString(string(x.Body)) })
	if x == nil || l.says.Match(a.send(ctx, a.lab.Marker(1)).Body) {
		return nil, stop
	}
	f := a.finding(fmt.Sprintf("%s with the value %q makes the reader of a query complain (%s): the value is part of the query.", a.in.Name, value, l.name),
		agents.Excerpt("the error", line), agents.Exchanged("the answer with it", x))
	f.References = []string{l.reference}
	return &f, nil
}

// queries tells whether a condition in a language decides what is answered.
func (a *aim) queries(ctx context.Context, d *differential) (*agents.Finding, *agents.Outcome) {
	asks := isAsking(a.lab.Surface, &a.in)
	for _, l := range languages {
		for _, c := range l.conditions {
			if c.widens && !asks {
				continue
			}
			seen, stop := d.decides(ctx, c)
			if stop != nil {
				return nil, stop
			}
			if seen != nil {
				f := a.finding(fmt.Sprintf("A condition behind the value of %s decides what is answered: the value is part of a query (%s).", a.in.Name, l.name), seen.evidence()...)
				f.References = []string{l.reference}
				return &f, nil
			}
		}
	}
	return nil, nil
}

// operators tells whether a document database's operator in place of the value is obeyed: "not equal to a word that is
// nowhere" answers otherwise than that word, while "equal to" it answers alike.
func (a *aim) operators(ctx context.Context, bar float64) (*agents.Finding, *agents.Outcome) {
	if a.in.In != surface.InQuery && a.in.In != surface.InBody || a.in.Changes() && !isAsking(a.lab.Surface, &a.in) && a.in.Encoding != "application/json" {
		return nil, nil
	}
	rows := [][]string{{"word", "not equal, like the word itself", "equal, like the word itself"}}
	var last *wire.Exchange
	for n := 1; n <= 3; n++ {
		word := a.lab.Marker(10 + n)
		plain := a.direct(ctx, word)
		if stop := unfit(ctx, plain); stop != nil {
			return nil, stop
		}
		not := a.operator(ctx, "$ne", word)
		if stop := unfit(ctx, not); stop != nil {
			return nil, stop
		}
		likeNot := similar.Of(plain, not, word)
		if likeNot >= bar || not.Status >= 400 {
			return nil, nil
		}
		equal := a.operator(ctx, "$eq", word)
		if stop := unfit(ctx, equal); stop != nil {
			return nil, stop
		}
		likeEqual := similar.Of(plain, equal, word)
		if likeEqual < bar {
			return nil, nil
		}
		rows = append(rows, []string{word, fmt.Sprintf("%.3f", likeNot), fmt.Sprintf("%.3f", likeEqual)})
		last = not
	}
	f := a.finding(fmt.Sprintf("An operator of a document database in place of the value of %s is obeyed ($ne): whoever sends it chooses what the query selects.", a.in.Name),
		agents.Table("how alike the answers are", agents.ByHTTP, rows...), agents.Exchanged("the answer to an operator", last))
	f.References = []string{"CWE-943"}
	return &f, nil
}

// operator sends an operator with a word in place of the value.
func (a *aim) operator(ctx context.Context, name, word string) *wire.Exchange {
	b := *a
	if a.in.Encoding == "application/json" {
		b.in.Name += "." + name // a path into the object
		return b.direct(ctx, word)
	}
	b.in.Name += "[" + name + "]"
	if u, err := url.Parse(a.in.URL); err == nil && a.in.In == surface.InQuery {
		query := u.Query()
		query.Del(a.in.Name)
		u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
		b.in.URL = u.String()
	}
	return b.direct(ctx, word)
}
