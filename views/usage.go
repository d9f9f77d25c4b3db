package views

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/locales"
)

// UsageView is what a workspace's language models took in a month.
type UsageView struct {
	Month   int // like 202611
	Months  []int
	Today   int // day of the month; 0: it is another month
	Zone    string
	Budget  UsageBudget
	Sum     UsageLine
	Days    []UsageDay
	Models  []UsageLine
	Uses    []UsageLine
	More    int // uses that are not shown
	Kept    int
	Prices  []UsagePrice
	Lists   []llm.PriceList
	Form    BudgetForm
	Price   PriceForm
	Mistake Mistakes
}

// UsageBudget is what may be spent, and was, in millionths of a US dollar.
type UsageBudget struct {
	Micros, Spent, Held int64
	Warn                int
	Stops               bool
}

// percent of the budget that is spent.
func (b UsageBudget) percent() int {
	if b.Micros == 0 {
		return 0
	}
	return int(b.Spent * 100 / b.Micros)
}

// tone is that of the bar.
func (b UsageBudget) tone() string {
	switch {
	case b.Spent+b.Held >= b.Micros:
		return "bad"
	case b.percent() >= b.Warn:
		return "warn"
	}
	return ""
}

// UsageDay is a day of the chart.
type UsageDay struct {
	Day            int
	Micros, Tokens int64
}

// UsageLine is a row: a model, or what used one.
type UsageLine struct {
	Kind, Name, Sub, Href, Key                                              string
	Calls, Failed, Kept, Unpriced, Estimated, Input, Output, Cached, Micros int64
	P50, P95                                                                time.Duration
}

// UsagePrice is the price of a model that was used, and where it is from.
type UsagePrice struct {
	Model, Credential string
	Price             *llm.Price // nil: not known
	Own               string     // name of the price that the workspace set; "" when it is of the list
	Date, Source      string     // of the list
}

// BudgetForm and PriceForm are what a person typed.
type (
	BudgetForm struct{ Limit, Warn, AtLimit string }
	PriceForm  struct{ Model, Input, Output, Cached string }
)

// grouped writes a number as people of a language read it.
func grouped(ctx context.Context, n int64) string {
	text := strconv.FormatInt(n, 10)
	mark := map[locales.Language]string{locales.German: ".", locales.Spanish: ".", locales.French: "\u202f"}[locales.Of(ctx)]
	if mark == "" {
		mark = ","
	}
	var b strings.Builder
	for i, d := range text {
		if i > 0 && (len(text)-i)%3 == 0 && text[i-1] != '-' {
			b.WriteString(mark)
		}
		b.WriteRune(d)
	}
	return b.String()
}

// cost never shows nothing for what is not known.
func (l UsageLine) cost(ctx context.Context) string {
	switch {
	case l.Unpriced > 0 && l.Micros == 0:
		return tr(ctx, "unknown")
	case l.Unpriced > 0:
		return tr(ctx, "{amount} and unknown", "amount", llm.Dollars(l.Micros))
	}
	return llm.Dollars(l.Micros)
}

func (l UsageLine) speed() string {
	if l.Calls == 0 {
		return "–"
	}
	return seconds(l.P50) + " / " + seconds(l.P95)
}

func seconds(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f s", d.Seconds())
}

// UseText says what used a model.
func UseText(ctx context.Context, kind string) string {
	switch kind {
	case llm.UseWorkflow:
		return tr(ctx, "Workflow")
	case llm.UseAsk:
		return tr(ctx, "Questions to documents")
	case llm.UseEvaluation:
		return tr(ctx, "Evaluation")
	case llm.UseIngest:
		return tr(ctx, "Taking documents in")
	case llm.UseOpenAI:
		return tr(ctx, "OpenAI-compatible clients")
	case llm.UseCampaign:
		return tr(ctx, "Testing")
	case llm.UseMCP:
		return tr(ctx, "MCP clients")
	}
	return tr(ctx, "Something else")
}

func monthText(month int) string { return fmt.Sprintf("%04d-%02d", month/100, month%100) }

// perMillion is a price for people.
func perMillion(dollars float64) string {
	return "$" + strconv.FormatFloat(dollars, 'f', -1, 64)
}

// chartDay is a bar of the chart, in its own units: 10 a day, 100 high.
type chartDay struct {
	UsageDay
	X, Y, Height float64
	Text         string
}

// chart makes bars of the days: of cost, or of tokens where nothing cost anything.
func (v UsageView) chart(ctx context.Context) (days []chartDay, most string, money bool) {
	var top int64
	for _, d := range v.Days {
		money = money || d.Micros > 0
	}
	value := func(d UsageDay) int64 {
		if money {
			return d.Micros
		}
		return d.Tokens
	}
	text := func(n int64) string {
		if money {
			return llm.Dollars(n)
		}
		return tr(ctx, "{n} tokens", "n", grouped(ctx, n))
	}
	for _, d := range v.Days {
		top = max(top, value(d))
	}
	for i, d := range v.Days {
		height := 0.0
		if n := value(d); n > 0 {
			height = max(1.5, float64(n)/float64(top)*96)
		}
		days = append(days, chartDay{d, float64(i)*10 + 1.5, 100 - height, height, text(value(d))})
	}
	return days, text(top), money
}

// chartText says the chart in words.
func chartText(days []chartDay) string {
	var parts []string
	for _, d := range days {
		if d.Height > 0 {
			parts = append(parts, fmt.Sprintf("%d: %s", d.Day, d.Text))
		}
	}
	return strings.Join(parts, "; ")
}

func chartNumber(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }

func unpricedText(ctx context.Context, n int64) string {
	if n == 0 {
		return tr(ctx, "by the prices below")
	}
	return trn(ctx, int(n), "{n} call without a known price", "{n} calls without a known price")
}

func estimatedText(ctx context.Context, n int64) string {
	if n == 0 {
		return tr(ctx, "counted by the provider")
	}
	return trn(ctx, int(n), "{n} call was estimated", "{n} calls were estimated")
}

func sortedModels(list llm.PriceList) []string { return slices.Sorted(maps.Keys(list.Models)) }

func cachedText(p *float64) string {
	if p == nil {
		return "–"
	}
	return perMillion(*p)
}
