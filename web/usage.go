package web

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/locales"
	"github.com/atelier-studio/atelier/store"
	"github.com/atelier-studio/atelier/views"
)

// usageRoutes are about what language models take: editors see it, owners set budget and prices.
var usageRoutes = []route{
	{Method: "GET", Path: "/settings/usage", Permission: auth.UsageView, Handle: usagePage},
	{Method: "GET", Path: "/settings/usage.csv", Permission: auth.UsageView, Handle: usageCSV},
	{Method: "POST", Path: "/settings/usage/budget", Permission: auth.WorkspaceManage, Handle: saveBudget, Body: formBody},
	{Method: "POST", Path: "/settings/usage/price", Permission: auth.WorkspaceManage, Handle: savePrice, Body: formBody},
	{Method: "POST", Path: "/settings/usage/price/remove", Permission: auth.WorkspaceManage, Handle: removePrice, Body: formBody},
	{Method: "POST", Path: "/settings/usage/forget", Permission: auth.WorkspaceManage, Handle: forgetReplies, Body: formBody},
	call("GET", "/usage", auth.UsageView, "What language models took in a month, and the budget", apiUsage),
}

// maxUses is how many rows of uses the page shows.
const maxUses = 50

type usageIn struct {
	Month int `query:"month" doc:"Like 202611; this month when left out."`
}

func apiUsage(s *Server, c *Ctx, in usageIn) (*store.Month, error) {
	m, err := s.Store.Usage(c.Context(), c.Scope(), in.Month)
	if err == nil {
		m.Rows = list(m.Rows)
	}
	return m, err
}

func monthOf(c *Ctx) (int, error) {
	text := c.QueryParam("month")
	if text == "" {
		return 0, nil
	}
	month, err := strconv.Atoi(text)
	if err != nil || month <= 0 {
		return 0, invalidInput("%.20q is not a month.", text)
	}
	return month, nil
}

func usagePage(s *Server, c *Ctx) error {
	return s.showUsage(c, http.StatusOK, views.UsageView{})
}

// showUsage shows the page, with what was typed where that was wrong.
func (s *Server) showUsage(c *Ctx, status int, v views.UsageView) error {
	month, err := monthOf(c)
	if err != nil {
		return err
	}
	m, err := s.Store.Usage(c.Context(), c.Scope(), month)
	if err != nil {
		return err
	}
	months, err := s.Store.UsageMonths(c.Context(), c.Scope())
	if err != nil {
		return err
	}
	if len(months) > 0 && !slices.Contains(months, m.Month) {
		months = append([]int{m.Month}, months...)
	}
	v.Month, v.Months, v.Today, v.Zone, v.Lists = m.Month, months, m.Today, cmp.Or(s.Timezone, "UTC"), llm.Prices()
	v.Budget = views.UsageBudget{Micros: m.Budget.Micros, Spent: m.Sum.Micros, Held: m.Held, Warn: m.Budget.Warn, Stops: m.Budget.AtLimit == store.AtLimitStop}
	v.Sum = usageLine(&m.Sum)
	for day := 1; day <= m.Days; day++ {
		v.Days = append(v.Days, views.UsageDay{Day: day})
	}
	own, err := s.Store.Prices(c.Context(), c.Scope())
	if err != nil {
		return err
	}
	models, uses := map[string]*usageSum{}, map[string]*usageSum{}
	for i := range m.Rows {
		r := &m.Rows[i]
		d := &v.Days[r.Day%100-1]
		d.Micros, d.Tokens = d.Micros+r.Micros, d.Tokens+r.Input+r.Output
		addUsage(models, r.Model, r)
		addUsage(uses, strings.Join([]string{r.Kind, r.Subject, r.Part, r.Key}, "\n"), r)
	}
	for _, sum := range inOrder(models) {
		line := usageLine(&sum.sum)
		line.Name, line.Sub = modelName(sum.row), sum.row.Credential
		v.Models = append(v.Models, line)
		v.Prices = append(v.Prices, priceOf(own, sum.row))
	}
	for i, sum := range inOrder(uses) {
		if i >= maxUses {
			v.More++
			continue
		}
		v.Uses = append(v.Uses, useLine(c, sum))
	}
	if v.Mistake == nil || v.Form == (views.BudgetForm{}) {
		v.Form = views.BudgetForm{Warn: strconv.Itoa(m.Budget.Warn), AtLimit: m.Budget.AtLimit}
		if m.Budget.Micros > 0 {
			v.Form.Limit = strconv.FormatFloat(float64(m.Budget.Micros)/1e6, 'f', -1, 64)
		}
	}
	return c.View(status, views.UsagePage(c.settingsPage(c.T("Usage")), v))
}

// usageSum is the sum of rows that belong together, and the last of them.
type usageSum struct {
	row *store.UsageRow
	sum store.Spending
}

func addUsage(into map[string]*usageSum, key string, r *store.UsageRow) {
	if into[key] == nil {
		into[key] = &usageSum{}
	}
	into[key].row = r
	into[key].sum.Add(&r.Spending)
}

// inOrder has what cost most first, then what was asked most.
func inOrder(m map[string]*usageSum) []*usageSum {
	all := make([]*usageSum, 0, len(m))
	for _, v := range m {
		all = append(all, v)
	}
	slices.SortFunc(all, func(a, b *usageSum) int {
		return cmp.Or(cmp.Compare(b.sum.Micros, a.sum.Micros), cmp.Compare(b.sum.Calls+b.sum.Kept, a.sum.Calls+a.sum.Kept),
			strings.Compare(a.row.Model+a.row.Kind+a.row.Name+a.row.Part, b.row.Model+b.row.Kind+b.row.Name+b.row.Part))
	})
	return all
}

func usageLine(s *store.Spending) views.UsageLine {
	return views.UsageLine{Calls: s.Calls, Failed: s.Failed, Kept: s.Kept, Unpriced: s.Unpriced, Estimated: s.Estimated,
		Input: s.Input, Output: s.Output, Cached: s.Cached, Micros: s.Micros, P50: s.P50(), P95: s.P95()}
}

// modelName is the model without its credential, which stands beside it.
func modelName(r *store.UsageRow) string {
	_, model, found := strings.Cut(r.Model, "/")
	if !found || model == "" {
		return r.Model
	}
	return model
}

func useLine(c *Ctx, u *usageSum) views.UsageLine {
	line, r := usageLine(&u.sum), u.row
	line.Kind, line.Key = r.Kind, r.KeyName
	what := views.UseText(c.Context(), r.Kind)
	switch {
	case r.Subject == "":
		line.Name = what
	case r.Kind == llm.UseWorkflow:
		line.Name, line.Href = cmp.Or(r.Name, what), "/workflows/"+url.PathEscape(r.Subject)
		line.Sub = r.Part
	case r.Kind == llm.UseCampaign:
		line.Name, line.Href = cmp.Or(r.Name, what), "/campaigns/"+url.PathEscape(r.Subject)
		line.Sub = what
	default:
		line.Name, line.Href = cmp.Or(r.Name, what), "/collections/"+url.PathEscape(r.Subject)
		line.Sub = what
	}
	return line
}

// priceOf is what a model costs now, and who says so. own are the prices that the workspace set.
func priceOf(own []store.ModelPrice, r *store.UsageRow) views.UsagePrice {
	name := modelName(r)
	p := views.UsagePrice{Model: name, Credential: r.Credential}
	for _, known := range []string{r.Credential + "/" + name, name} {
		for i := range own {
			if own[i].Model == known {
				p.Price, p.Own = &own[i].Price, known
				return p
			}
		}
	}
	if r.Unpriced > 0 { // an endpoint of somebody else, whatever its models are called
		return p
	}
	if r.Provider == llm.Ollama {
		p.Price = &llm.Price{}
		return p
	}
	if p.Price = llm.PriceOf(r.Provider, name); p.Price != nil {
		for _, l := range llm.Prices() {
			if l.Provider == r.Provider {
				p.Date, p.Source = l.Date, l.Source
			}
		}
	}
	return p
}

// usageCSV has every row of the month.
func usageCSV(s *Server, c *Ctx) error {
	month, err := monthOf(c)
	if err != nil {
		return err
	}
	m, err := s.Store.Usage(c.Context(), c.Scope(), month)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", attachment(fmt.Sprintf("usage-%d.csv", m.Month)))
	h.Set("Cache-Control", "no-store")
	c.Response().WriteHeader(http.StatusOK)
	w := csv.NewWriter(c.Response())
	rows := [][]string{{"day", "model", "provider", "credential", "used_by", "id", "name", "node", "api_key", "calls", "failed", "kept", "input_tokens", "output_tokens", "cached_tokens", "cost_usd", "calls_without_price", "seconds", "p50_seconds", "p95_seconds"}}
	for i := range m.Rows {
		r := &m.Rows[i]
		cost := strconv.FormatFloat(float64(r.Micros)/1e6, 'f', 6, 64)
		if r.Unpriced > 0 && r.Micros == 0 {
			cost = "" // not known, which is not nothing
		}
		row := []string{fmt.Sprintf("%04d-%02d-%02d", r.Day/10000, r.Day/100%100, r.Day%100), r.Model, r.Provider, r.Credential, r.Kind, r.Subject, r.Name, r.Part, cmp.Or(r.KeyName, r.Key)}
		for j := range row {
			row[j] = plainCell(row[j])
		}
		for _, n := range []int64{r.Calls, r.Failed, r.Kept, r.Input, r.Output, r.Cached} {
			row = append(row, strconv.FormatInt(n, 10))
		}
		row = append(row, cost, strconv.FormatInt(r.Unpriced, 10))
		for _, d := range []float64{r.Took.Seconds(), r.P50().Seconds(), r.P95().Seconds()} {
			row = append(row, strconv.FormatFloat(d, 'f', 3, 64))
		}
		rows = append(rows, row)
	}
	return w.WriteAll(rows)
}

// plainCell keeps a name from being a formula in a spreadsheet.
func plainCell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// amount reads dollars as a person types them; with a comma too.
func amount(text string) (float64, error) {
	text = strings.ReplaceAll(strings.TrimPrefix(strings.TrimSpace(text), "$"), ",", ".")
	if text == "" {
		return 0, nil
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !(x >= 0 && x <= 1_000_000) {
		return 0, fs.ErrInvalid
	}
	return x, nil
}

func saveBudget(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	v := views.UsageView{Form: views.BudgetForm{Limit: form.Get("limit"), Warn: form.Get("warn"), AtLimit: form.Get("at_limit")}, Mistake: views.Mistakes{}}
	limit, err := amount(v.Form.Limit)
	if err != nil {
		v.Mistake["limit"] = c.T("Enter an amount in US dollars, up to 1000000, or nothing.")
	}
	warn, err := strconv.Atoi(strings.TrimSpace(v.Form.Warn))
	if err != nil || warn < 1 || warn > 100 {
		v.Mistake["warn"] = c.T("Enter a number from 1 to 100.")
	}
	if len(v.Mistake) > 0 {
		return s.showUsage(c, http.StatusUnprocessableEntity, v)
	}
	if err := s.Store.PutBudget(c.Context(), c.Scope(), store.Budget{Micros: int64(math.Round(limit * 1e6)), Warn: warn, AtLimit: v.Form.AtLimit}); err != nil {
		return err
	}
	return errors.Join(c.Say(c.T("Saved.")), c.Back("/settings/usage"))
}

func savePrice(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	v := views.UsageView{Price: views.PriceForm{Model: form.Get("model"), Input: form.Get("input"), Output: form.Get("output"), Cached: form.Get("cached")}, Mistake: views.Mistakes{}}
	p := store.ModelPrice{Model: v.Price.Model}
	if strings.TrimSpace(p.Model) == "" {
		v.Mistake["model"] = c.T("Enter the name of a model.")
	}
	for name, into := range map[string]*float64{"input": &p.Price.Input, "output": &p.Price.Output} {
		if *into, err = amount(form.Get(name)); err != nil || *into > 100_000 {
			v.Mistake[name] = c.T("Enter US dollars for a million tokens.")
		}
	}
	if strings.TrimSpace(v.Price.Input) == "" { // nothing typed is not a price of nothing
		v.Mistake["input"] = c.T("Enter US dollars for a million tokens.")
	}
	if strings.TrimSpace(v.Price.Cached) != "" {
		cached, err := amount(v.Price.Cached)
		if err != nil {
			v.Mistake["cached"] = c.T("Enter US dollars for a million tokens.")
		}
		p.Price.Cached = &cached
	}
	if len(v.Mistake) > 0 {
		return s.showUsage(c, http.StatusUnprocessableEntity, v)
	}
	if err := s.Store.PutPrice(c.Context(), c.Scope(), p); err != nil {
		return err
	}
	return errors.Join(c.Say(c.T("The price is set. It holds for calls from now on.")), c.Back("/settings/usage#prices"))
}

func removePrice(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	if err := s.Store.DeletePrice(c.Context(), c.Scope(), form.Get("model")); err != nil {
		return err
	}
	return errors.Join(c.Say(c.T("The price is removed.")), c.Back("/settings/usage#prices"))
}

func forgetReplies(s *Server, c *Ctx) error {
	n, err := s.Store.ForgetReplies(c.Context(), c.Scope())
	if err != nil {
		return err
	}
	return errors.Join(c.Say(locales.Count(locales.Of(c.Context()), n, "{n} answer is forgotten.", "{n} answers are forgotten.")), c.Back("/settings/usage"))
}
