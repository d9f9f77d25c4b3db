package nodes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/engine"
)

// Time between two looks at a campaign that is under way: short at first, longer the longer it takes.
const (
	lookSoon = 2 * time.Second
	lookLate = 20 * time.Second
)

func init() {
	define(engine.Kind{
		Name: "qa.pool", Title: "Send personas", Group: "Testing", Icon: "users", PerItem: true, Class: engine.IO, World: true, Permission: "campaign.edit", Effect: engine.Idempotent,
		Summary: "Has personas test a web application, and goes on once they are done.",
		Doc: `A campaign is put into the queue under **Testing**, where it can be watched, paused and stopped. Meanwhile the run sleeps and costs nothing; it goes on within 20 seconds after the campaign has ended. After a crash or a restart it is the same campaign that is waited for: a second one is made only when the first could not test and the node is set to try again. When the run ends before the campaign does, because somebody cancels it or another branch fails, the campaign is stopped within a second.

Applications on the studio's own machine may be tested as they are. Any other has to agree: it serves a line that **Testing** gives you, or an administrator lists its host with ATELIER_TEST_HOSTS.

**Accounts** let personas sign in. Name and password come from a credential (HTTP: name and password); a bearer token or a header is sent instead of signing in.

The item goes on with ` + "`campaign`" + ` (its id), ` + "`name`, `target`, `status`, `verdict`" + ` (passed, failed, not finished, not tested), ` + "`found`" + ` (counts by severity, without what is marked as false), ` + "`worst`, `coverage`" + ` by area, ` + "`gates`" + ` (what was required), ` + "`requests`, `seconds`" + ` and the ` + "`link`" + ` to it. Faults do not fail the step; a campaign that could not test does, with the reason. Findings come by **Weigh findings**.`,
		Keywords: []string{"qa", "test", "campaign", "persona", "security", "accessibility", "performance", "crawl", "probe", "agents", "pool"},
		Examples: []engine.Example{
			{
				Name: "One persona", Needs: "campaigns", Params: params("target", "={{ $json.site }}", "personas", list("session_tester"), "minutes", 2), Input: in(obj("site", "http://127.0.0.1:3000")),
			},
			{Name: "Nothing answers", Needs: "campaigns", Params: params("target", "http://127.0.0.1:1"), Input: in(obj()), Error: "could not test"},
		},
	}, qaPool{Minutes: 30, Requests: 50_000, Rate: 50, Pages: 200}, runQAPool)
}

type qaPool struct {
	Target    string      `json:"target" form:"Address of the application" placeholder:"http://127.0.0.1:3000" required:"true"`
	Name      string      `json:"name" form:"Name" help:"Empty: the address."`
	Personas  []string    `json:"personas" form:"Personas" widget:"choices" help:"None: all that come with the studio."`
	Areas     []string    `json:"areas" form:"Areas" widget:"choices" help:"None: all."`
	Intrusive bool        `json:"intrusive" form:"Also make intrusive tests" help:"They send forms, change things and put load on the application. Never do this where people work."`
	Accounts  []qaAccount `json:"accounts" form:"Accounts" help:"With two or more, personas also test whether one sees what belongs to another."`
	Require   []qaShare   `json:"require" form:"Coverage to reach" help:"Less makes the verdict \"failed\"."`
	Model     string      `json:"model" form:"Language model" widget:"credential" types:"ai.models" help:"It explores too, writes cases and explains what was found. None: all other tests are made."`
	Without   []string    `json:"without" form:"Paths that are left alone"`
	Minutes   float64     `json:"minutes" form:"Minutes" min:"0.1" max:"1440"`
	Requests  int         `json:"requests" form:"Requests in all" min:"1" max:"1000000"`
	Rate      float64     `json:"rate" form:"Requests a second" min:"0.1" max:"1000"`
	Pages     int         `json:"pages" form:"Pages" min:"1" max:"5000"`
}

type qaAccount struct {
	Role       string `json:"role" form:"Role" placeholder:"admin"`
	Credential string `json:"credential" form:"Credential" widget:"credential" types:"http.basic,http.bearer,http.header" required:"true"`
}

type qaShare struct {
	Area    string  `json:"area" form:"Area" options:"functional=Functional,security=Security,performance=Performance,usability=Usability,compatibility=Compatibility,reliability=Reliability,data=Data,compliance=Compliance,operations=Operation" expr:"no"`
	Percent float64 `json:"percent" form:"Percent" min:"0" max:"100"`
}

func runQAPool(ctx context.Context, d *Deps, p qaPool, c *engine.Call) (engine.Outputs, error) {
	if strings.TrimSpace(p.Target) == "" {
		return nil, bad("target", "there is no address to test: it is empty for this item")
	}
	t, err := d.testing()
	if err != nil {
		return nil, err
	}
	o, err := p.campaign(ctx, d, c)
	if err != nil {
		return nil, err
	}
	if o.Status.Open() {
		now := d.now()
		wait := now.Sub(time.UnixMicro(o.Created)) / 4
		return nil, &engine.Wait{Until: now.Add(min(max(wait, lookSoon), lookLate))}
	}
	if err := ended(o); err != nil {
		return nil, err
	}
	link, err := t.Link(ctx, c.Run.Workspace, o.ID, 0)
	if err != nil {
		return nil, err
	}
	it := c.Item()
	m := own(it.JSON)
	campaignObject(m, o)
	m["link"] = link
	return engine.One([]engine.Item{changedItem(it, m)}), nil
}

// qaNote is what the step notes: the campaign that it waits for.
type qaNote struct {
	Campaign string `json:"campaign"`
}

// campaign is the one that the step waits for: made now, or before a wait, a crash or another attempt. An attempt that
// the node's retry makes after a campaign that could not test asks for another.
func (p qaPool) campaign(ctx context.Context, d *Deps, c *engine.Call) (o *desk.Campaign, err error) {
	attempts := 1
	if c.Node.Retry != nil {
		attempts = max(1, min(c.Attempt, c.Node.Retry.Attempts))
	}
	notes := c.Notes()
	for n := range attempts {
		if n < len(notes) {
			o, err = d.noted(ctx, c, notes[n])
		} else if o, err = p.start(ctx, d, c, n); err == nil {
			err = c.Note(ctx, qaNote{o.ID})
		}
		if err != nil || o.Status != desk.Failed {
			break
		}
	}
	return o, err
}

func (d *Deps) noted(ctx context.Context, c *engine.Call, data json.RawMessage) (o *desk.Campaign, err error) {
	var note qaNote
	if err = json.Unmarshal(data, &note); err == nil {
		o, err = d.Campaigns.Campaign(ctx, c.Run.Workspace, note.Campaign)
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("somebody deleted the campaign that this step waited for: %w", err)
	}
	return o, err
}

// start asks for the campaign of an attempt, counted from 0.
func (p qaPool) start(ctx context.Context, d *Deps, c *engine.Call, attempt int) (*desk.Campaign, error) {
	s := campaign.Settings{
		Target: strings.TrimSpace(p.Target), Without: names(p.Without), Intrusive: p.Intrusive, Seed: 1, Require: agents.Requirements{},
		Budget: campaign.Budget{Time: time.Duration(p.Minutes * float64(time.Minute)), Requests: p.Requests, PerSecond: p.Rate, Pages: p.Pages},
	}
	for _, area := range names(p.Areas) {
		s.Areas = append(s.Areas, agents.Area(area))
	}
	for _, r := range p.Require {
		s.Require[agents.Area(r.Area)] = r.Percent / 100
	}
	if p.Model != "" {
		if _, err := d.credential(ctx, c, p.Model, ModelsCredential); err != nil {
			return nil, about("model", err, "%s", err)
		}
		s.ModelName = p.Model
	}
	for i, a := range p.Accounts {
		login, err := d.login(ctx, c, a)
		if err != nil {
			return nil, about("accounts."+strconv.Itoa(i)+".credential", err, "%s", err)
		}
		s.Accounts = append(s.Accounts, login)
	}
	return d.Campaigns.Start(ctx, c.Run.Workspace, NewCampaign{
		Key: fmt.Sprintf("%s/%d/%d", c.Key, c.Index, attempt), Personas: names(p.Personas),
		Campaign: desk.Campaign{Name: strings.TrimSpace(p.Name), Settings: s, Run: c.Run.ID},
	})
}

// login is an account to sign in with. What opens it stands in a credential only.
func (d *Deps) login(ctx context.Context, c *engine.Call, a qaAccount) (campaign.Login, error) {
	typ, values, err := d.credentialOf(ctx, c, a.Credential, "http.basic", "http.bearer", "http.header")
	if err != nil {
		return campaign.Login{}, err
	}
	l := campaign.Login{Role: strings.TrimSpace(a.Role), User: a.Credential}
	if l.Role == "" {
		l.Role = "user"
	}
	switch typ {
	case "http.basic":
		l.User, l.Password = values["user"], values["password"]
	case "http.bearer":
		l.Header = "Authorization: Bearer " + values["token"]
	default:
		l.Header = values["name"] + ": " + values["value"]
	}
	return l, nil
}

// qaChoices are the personas that can be sent, and the areas.
func qaChoices(ctx context.Context, d *Deps, workspace string, _ map[string]any, at []string) ([]engine.Choice, error) {
	var choices []engine.Choice
	if len(at) > 0 && at[0] == "areas" {
		for _, area := range engine.ParamsOf(qaShare{})[0].Options {
			choices = append(choices, engine.Choice{Value: area.Value, Label: area.Label})
		}
		return choices, nil
	}
	t, err := d.testing()
	if err != nil {
		return nil, err
	}
	all, err := t.Personas(ctx, workspace)
	if err != nil {
		return nil, err
	}
	for i := range all {
		choices = append(choices, engine.Choice{Value: all[i].ID, Label: all[i].Name})
	}
	return choices, nil
}
