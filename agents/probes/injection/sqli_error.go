package injection

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func sqliError() *agents.Probe {
	return &agents.Probe{
		ID: "sqli-error", Title: "A value from the request becomes part of an SQL statement: the database complains",
		Decides:  "A quote in a value raises a database's syntax error that neither the answer to the value alone shows, nor that to a plain word.",
		Keeps:    "The line with the error, and the exchange.",
		Advice:   "Give values to statements as parameters, never as part of their text, and show no error of the database to whoever asks.",
		Needs:    needs,
		Severity: agents.Critical, References: []string{"CWE-89", "WSTG-INPV-05"}, Skills: []string{"SQLi"},
		Check: agents.Each(inputs, runSQLIError),
	}
}

// databaseErrors are what databases say of a statement that is none any more. Complaints about a value (a text where a
// number is meant) are left out: they show that the value was a parameter.
var databaseErrors = regexp.MustCompile(strings.Join([]string{
	`You have an error in your SQL syntax[^<\n]*`,
	`(?:MySQL|MariaDB) server version for the right syntax[^<\n]*`,
	`ERROR: (?:  ?)?(?:syntax error at or near|unterminated quoted (?:string|identifier))[^<\n]*`,
	`(?:pq|psycopg2[.\w]*|PG::SyntaxError|PSQLException|pgx)[^<\n]{0,40}(?:syntax error at (?:or near|end of input)|unterminated quoted)[^<\n]*`,
	`(?:syntax error at or near "|unterminated quoted string at or near)[^<\n]*`,
	`(?:^|[^:\w] ?|SQL logic error: |SQLITE_ERROR: |\(1\) )near "[^"\n]{0,40}": syntax error[^<\n]*`,
	`(?:unrecognized token: |SQLITE_ERROR: (?:unrecognized|incomplete))[^<\n]*`,
	`Unclosed quotation mark after the character string[^<\n]*`,
	`Incorrect syntax near [^<\n]*`,
	`ORA-(?:00933|00936|00921|01756|00907|01789|00911)[^<\n]*`,
	`quoted string not properly terminated[^<\n]*`,
	`\[?DB2[^<\n]{0,30}SQLSTATE=?\s?42[^<\n]*`,
	`Dynamic SQL Error[^<\n]*`,
	`Syntax error in string in query expression[^<\n]*`,
	`SQLSTATE\[42\d{3}\][^<\n]*`,
	`java\.sql\.SQLSyntaxErrorException[^<\n]*`,
	`System\.Data\.SqlClient\.SqlException[^<\n]{0,20}(?:Incorrect syntax|Unclosed)[^<\n]*`,
}, "|"))

// databaseError is the line of a database's error in an answer; "" when there is none. What a full text search says of its
// own language is none.
func databaseError(x *wire.Exchange) string {
	text := strings.NewReplacer("&quot;", `"`, "&#34;", `"`, "&#39;", "'", "&#x27;", "'", `\"`, `"`).Replace(string(x.Body))
	for _, at := range databaseErrors.FindAllStringIndex(text, 5) {
		if before := text[max(0, at[0]-24):at[1]]; !strings.Contains(before, "fts5") && !strings.Contains(before, "fts4") {
			return strings.TrimSpace(text[at[0]:at[1]])
		}
	}
	return ""
}

func runSQLIError(ctx context.Context, lab *agents.Lab, in *surface.Input) agents.Outcome {
	a, stop := at(ctx, lab, in)
	if stop != nil {
		return *stop
	}
	defer a.close()
	if databaseError(a.base) != "" {
		return agents.Pass() // the page always shows one, and so says nothing about this value
	}
	values := []string{in.Known + "'", in.Known + `"`, in.Known + `\`, in.Known + "')"}
	x, value, line, stop := a.proved(ctx, values, func(x *wire.Exchange, _ string) string { return databaseError(x) })
	if stop != nil {
		return *stop
	}
	if x == nil || databaseError(a.send(ctx, lab.Marker(1))) != "" { // a plain word complains as well: it is about the value
		return agents.Pass()
	}
	return agents.Fail(a.finding(fmt.Sprintf("%s with the value %s makes the database complain about the statement: the value is part of its text, and can be made into another statement.", in.Name, value),
		agents.Excerpt("the database's error", line), agents.Exchanged("the answer with it", x)))
}
