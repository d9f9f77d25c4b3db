package nodes

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/engine"
)

const (
	// maxWeighed bounds the campaigns that one step weighs.
	maxWeighed = 50
	// maxBack bounds the earlier campaigns that a target's are compared with.
	maxBack = 10
	// maxToldFindings bounds the findings that a text for a chat lists.
	maxToldFindings = 10
)

func init() {
	define(engine.Kind{
		Name: "qa.coordinate", Title: "Weigh findings", Group: "Testing", Icon: "combine", Class: engine.IO, World: true, Permission: "campaign.view", Outputs: []engine.Port{
			{Name: "main", Label: "Findings", Optional: true}, {Name: "none", Label: "Nothing found", Optional: true}, {Name: "summary", Label: "Summary", Optional: true},
		},
		Summary: "Puts the findings of campaigns together, compares them with earlier ones, and gives those that matter.",
		Doc: `Takes the campaigns of all items: of **Send personas**, of a workflow that is started when a campaign has ended, or any whose id stands in the field. Those on one target are seen as one: what has the same cause is one finding, with its highest severity and all its places. What is marked as false does not count.

Each finding is compared with what earlier campaigns on the target saw. It is **new** when none did that looked there; **still there**; **fixed** when it was looked for again and is gone; or **not re-tested** when nobody looked. When the last campaign tested less, those before it are asked too, ten at most.

- **Findings** has an item for each finding that is wanted and bad enough, the worst first: ` + "`id`, `title`, `severity`, `area`, `probe`, `change`, `url`, `places`, `text`, `advice`, `references`, `by`, `curl`, `campaign`, `target`, `link`" + `.
- **Nothing found** has the summary when there is none.
- **Summary** always has one item: ` + "`verdict`" + ` (the worst of the campaigns), ` + "`count`" + `, ` + "`changes`" + ` and ` + "`found`" + ` (by severity) of what matters, ` + "`campaigns`, `targets`, `compared`, `link`" + ` and a ` + "`text`" + ` for a chat.`,
		Keywords: []string{"qa", "test", "campaign", "compare", "findings", "new", "fixed", "regression", "deduplicate", "severity", "coordinator"},
		Examples: []engine.Example{
			{Name: "What is new since the last time", Needs: "campaigns", Params: params("least", "medium"), Input: in(obj("campaign", "nightly-2"))},
			{Name: "No such campaign", Needs: "campaigns", Input: in(obj("campaign", "nowhere")), Error: "no campaign"},
		},
	}, qaCoordinate{Field: "campaign", Which: "new", Least: "low"}, runQACoordinate)
}

type qaCoordinate struct {
	Field string `json:"field" form:"Field with the campaign" widget:"field" required:"true"`
	Which string `json:"which" form:"Which findings" options:"new=New ones,open=New ones and those still there,all=All that changed or stayed"`
	Least string `json:"least" form:"At least" options:"info=Info,low=Low,medium=Medium,high=High,critical=Critical"`
}

// weighed is what became of the findings of the campaigns on one target.
type weighed struct {
	campaigns []*desk.Campaign // the newest first
	before    []*desk.Campaign
	changes   []desk.Compared
	marked    map[string]bool // as false
	link      string
}

func runQACoordinate(ctx context.Context, d *Deps, p qaCoordinate, c *engine.Call) (engine.Outputs, error) {
	var least agents.Severity
	if err := least.UnmarshalText([]byte(p.Least)); err != nil {
		return nil, about("least", err, "%s", err)
	}
	groups, err := d.byTarget(ctx, p.Field, c)
	if err != nil {
		return nil, err
	}
	var items []engine.Item
	var told []*campaign.Agreed
	for _, w := range groups {
		if err := d.weigh(ctx, c.Run.Workspace, w); err != nil {
			return nil, err
		}
		for i := range w.changes {
			change, f := w.changes[i].Change, &w.changes[i].Finding
			if f.Severity < least || p.Which == "new" && change != desk.New || p.Which == "open" && change != desk.New && change != desk.Still {
				continue
			}
			m := foundObject(f, change)
			m["campaign"], m["target"], m["link"] = w.campaigns[0].ID, w.campaigns[0].Settings.Target, w.link+"/findings/"+f.ID
			if change == desk.Fixed || change == desk.NotLooked { // only the earlier one has it
				m["campaign"], m["link"] = w.before[0].ID, w.link+"/compare"
			}
			items = append(items, engine.Item{JSON: m, From: allOrigins(len(c.Items()))})
			told = append(told, f)
		}
	}
	if len(items) > maxItems {
		return nil, tooMany("the campaigns")
	}
	summary := []engine.Item{{JSON: summaryObject(groups, told), From: allOrigins(len(c.Items()))}}
	if len(items) == 0 {
		return engine.Outputs{nil, slices.Clone(summary), summary}, nil
	}
	return engine.Outputs{items, nil, summary}, nil
}

// byTarget finds the campaigns that items name, those on one target together.
func (d *Deps) byTarget(ctx context.Context, name string, c *engine.Call) ([]*weighed, error) {
	var groups []*weighed
	seen := map[string]bool{}
	for _, it := range c.Items() {
		v, _ := field(it.JSON, name)
		ids, isList := v.([]any)
		if !isList {
			ids = []any{v}
		}
		for _, id := range ids {
			if seen[text(id)] && text(id) != "" {
				continue
			}
			seen[text(id)] = true
			if len(seen) > maxWeighed {
				return nil, fmt.Errorf("at most %d campaigns are weighed at a time: %w", maxWeighed, fs.ErrInvalid)
			}
			o, err := d.campaign(ctx, c, "field", text(id))
			if err == nil {
				err = ended(o)
			}
			if err != nil {
				return nil, err
			}
			i := slices.IndexFunc(groups, func(w *weighed) bool { return w.campaigns[0].Origin() == o.Origin() })
			if i < 0 {
				groups = append(groups, &weighed{campaigns: []*desk.Campaign{o}})
				continue
			}
			groups[i].campaigns = append(groups[i].campaigns, o)
		}
	}
	for _, w := range groups {
		slices.SortStableFunc(w.campaigns, func(a, b *desk.Campaign) int { return cmp.Compare(b.Created, a.Created) })
	}
	return groups, nil
}

// weigh compares the campaigns on a target with those before them.
func (d *Deps) weigh(ctx context.Context, workspace string, w *weighed) (err error) {
	w.marked = map[string]bool{}
	var results, earlier []*campaign.Result
	for _, o := range w.campaigns {
		if results, err = d.take(ctx, workspace, w, o, results); err != nil {
			return err
		}
	}
	now, before := desk.Together(results...), desk.Known()
	last := w.campaigns[len(w.campaigns)-1]
	for len(w.before) < len(w.campaigns) || len(w.before) < maxBack && desk.Unsure(now, before) {
		if last, err = d.Campaigns.Before(ctx, workspace, last.ID); errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return err
		}
		if earlier, err = d.take(ctx, workspace, w, last, earlier); err != nil {
			return err
		}
		w.before = append(w.before, last)
		before = desk.Known(earlier...)
	}
	w.changes = slices.DeleteFunc(desk.Compare(now, before), func(v desk.Compared) bool { return w.marked[v.Finding.ID] })
	slices.SortStableFunc(w.changes, func(a, b desk.Compared) int {
		return cmp.Or(cmp.Compare(b.Finding.Severity, a.Finding.Severity), slices.Index(desk.Changes, a.Change)-slices.Index(desk.Changes, b.Change))
	})
	w.link, err = d.Campaigns.Link(ctx, workspace, w.campaigns[0].ID, 0)
	return err
}

// take adds the result of a campaign, and what people say of its findings.
func (d *Deps) take(ctx context.Context, workspace string, w *weighed, o *desk.Campaign, list []*campaign.Result) ([]*campaign.Result, error) {
	r, err := d.Campaigns.Result(ctx, workspace, o.ID)
	if err != nil {
		return nil, err
	}
	found, err := d.Campaigns.Findings(ctx, workspace, o.ID)
	if err != nil {
		return nil, err
	}
	for i := range found {
		w.marked[found[i].ID] = w.marked[found[i].ID] || found[i].Mark != nil
	}
	return append(list, r), nil
}

// verdicts are what campaigns come to, the worst first.
var verdicts = []string{"failed", "not tested", "not finished", "passed"}

// summaryObject sums up what was weighed.
func summaryObject(groups []*weighed, told []*campaign.Agreed) map[string]any {
	verdict, link := "passed", ""
	campaigns, targets, compared := []any{}, []any{}, []any{}
	changes, found := map[string]any{}, map[string]any{}
	for _, change := range desk.Changes {
		changes[string(change)] = float64(0)
	}
	var lines []string
	for _, w := range groups {
		counts := map[desk.Change]int{}
		for i := range w.changes {
			counts[w.changes[i].Change]++
		}
		worst := "passed"
		for _, o := range w.campaigns {
			campaigns = append(campaigns, o.ID)
			worst = verdicts[min(slices.Index(verdicts, worst), max(0, slices.Index(verdicts, o.Verdict())))]
		}
		verdict = verdicts[min(slices.Index(verdicts, verdict), slices.Index(verdicts, worst))]
		for _, o := range w.before {
			compared = append(compared, o.ID)
		}
		var parts []string
		for _, change := range desk.Changes {
			n, _ := changes[string(change)].(float64)
			changes[string(change)] = n + float64(counts[change])
			parts = append(parts, fmt.Sprintf("%d %s", counts[change], change))
		}
		targets, link = append(targets, w.campaigns[0].Settings.Target), cmp.Or(link, w.link)
		lines = append(lines, fmt.Sprintf("%s: %s (%s). %s", w.campaigns[0].Settings.Target, worst, strings.Join(parts, ", "), w.link))
	}
	for i, f := range told {
		n, _ := found[f.Severity.String()].(float64)
		found[f.Severity.String()] = n + 1
		switch {
		case i < maxToldFindings:
			lines = append(lines, fmt.Sprintf("- %s: %s (%s)", f.Severity, f.Title, f.Where.URL))
		case i == maxToldFindings:
			lines = append(lines, fmt.Sprint("- and ", len(told)-i, " more"))
		}
	}
	return map[string]any{
		"verdict": verdict, "count": float64(len(told)), "changes": changes, "found": found, "campaigns": campaigns, "targets": targets, "compared": compared,
		"link": link, "text": strings.Join(lines, "\n"),
	}
}
