package store_test

import (
	"errors"
	"io/fs"
	"reflect"
	"slices"
	"testing"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/store"
)

// things are what workspace alpha has and beta must not see.
type things struct {
	workflow, deleted, run, credential, token, thread, comment, version string
	ours
	tests campaignOfOurs
}

// asked is a method called with a scope; it returns what came back, for lists its length.
type asked func(t *testing.T, p *place, v things, scope auth.Scope) (found int, err error)

// scoped has every method that takes a scope. What is not in it fails TestEveryScopedMethodIsAsked.
var scoped = map[string]asked{
	"Workflow": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.Workflow(t.Context(), s, v.workflow)
		return 1, err
	},
	"Workflows": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, _, err := p.Workflows(t.Context(), s, engine.SummaryFilter{})
		return len(list), err
	},
	"Folders": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, err := p.Folders(t.Context(), s)
		return len(list), err
	},
	"EditWorkflow": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, _, err := p.EditWorkflow(t.Context(), s, v.workflow, engine.Edit{Base: 1, Ops: []engine.Op{{Op: "settings.set", Path: "name", Value: quoted("Mine")}}})
		return 1, err
	},
	"Revisions": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.Revisions(t.Context(), s, v.workflow, 0, 0)
		return 1, err
	},
	"MoveWorkflow": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.MoveWorkflow(t.Context(), s, v.workflow, "Secret")
	},
	"ArchiveWorkflow": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.ArchiveWorkflow(t.Context(), s, v.workflow, false)
	},
	"Publish": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.Publish(t.Context(), s, v.workflow, engine.Publication{Revision: 1})
		return 1, err
	},
	"Unpublish": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.Unpublish(t.Context(), s, v.workflow)
	},
	"Versions": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, err := p.Versions(t.Context(), s, v.workflow)
		return len(list), err
	},
	"NameVersion": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.NameVersion(t.Context(), s, v.workflow, 1, "Mine", "")
		return 1, err
	},
	"RenameVersion": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.RenameVersion(t.Context(), s, v.workflow, v.version, "Mine", "")
		return 1, err
	},
	"History": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, err := p.History(t.Context(), s, v.workflow, 0, 0)
		return len(list), err
	},
	"WorkflowAt": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.WorkflowAt(t.Context(), s, v.workflow, 1)
		return 1, err
	},
	"KeepRevisions": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.KeepRevisions(t.Context(), s)
		return 0, err
	},
	"SetKeepRevisions": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 0, p.SetKeepRevisions(t.Context(), s, 30)
	},
	"DeleteVersion": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.DeleteVersion(t.Context(), s, v.workflow, v.version)
	},
	"ListenHook": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.ListenHook(t.Context(), s, engine.Hook{WorkflowID: v.workflow, Path: "x", Method: "GET", Test: 1 << 60})
	},
	"Hooks": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.Hooks(t.Context(), s, v.workflow)
		return 1, err
	},
	"OtherHooks": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		hooks, _, err := p.OtherHooks(t.Context(), s, "")
		return len(hooks), err
	},
	"Schedules": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.Schedules(t.Context(), s, v.workflow)
		return 1, err
	},
	"RestoreWorkflow": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.RestoreWorkflow(t.Context(), s, v.deleted)
	},
	"Runs": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, _, err := p.Runs(t.Context(), s, engine.RunFilter{})
		return len(list), err
	},
	"Run": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.Run(t.Context(), s, v.run)
		return 1, err
	},
	"LastRun": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.LastRun(t.Context(), s, v.workflow)
		return 1, err
	},
	"Events": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.Events(t.Context(), s, v.run, 0, 0)
		return 1, err
	},
	"StepOutput": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.StepOutput(t.Context(), s, v.run, "start", -1)
		return 1, err
	},
	"Credentials": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, err := p.Credentials(t.Context(), s)
		return len(list), err
	},
	"PutCredential": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.PutCredential(t.Context(), s, engine.Credential{ID: v.credential, Name: "key", Type: "header"}, map[string]string{"value": "stolen"})
		return 1, err
	},
	"Variables": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, err := p.Variables(t.Context(), s)
		return len(list), err
	},
	"Members": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, err := p.Members(t.Context(), s)
		return len(list) - 1, err // its own owner
	},
	"SetRole": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.SetRole(t.Context(), s, "guest", auth.Editor)
	},
	"Tokens": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, err := p.Tokens(t.Context(), s, "invite")
		return len(list), err
	},
	"Threads": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, _, err := p.Threads(t.Context(), s, v.workflow, engine.ThreadFilter{})
		return len(list), err
	},
	"Revision": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		n, err := p.Revision(t.Context(), s, v.workflow)
		return int(min(n, 1)), err
	},
	"AllThreads": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, err := p.AllThreads(t.Context(), s, v.workflow)
		return len(list), err
	},
	"Thread": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.Thread(t.Context(), s, v.workflow, v.thread, 0, 0)
		return 1, err
	},
	"StartThread": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.StartThread(t.Context(), s, v.workflow, engine.Place{}, "Mine")
		return 1, err
	},
	"Reply": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, _, err := p.Reply(t.Context(), s, v.workflow, v.thread, "Mine")
		return 1, err
	},
	"EditComment": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, _, err := p.EditComment(t.Context(), s, v.workflow, v.thread, v.comment, "Mine")
		return 1, err
	},
	"ResolveThread": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.ResolveThread(t.Context(), s, v.workflow, v.thread, true)
		return 1, err
	},
	"ReadThread": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.ReadThread(t.Context(), s, v.workflow, v.thread)
	},
	"ReadMentions": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 0, p.ReadMentions(t.Context(), s)
	},
	"Mentions": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, _, err := p.Mentions(t.Context(), s, "", 0)
		return len(list), err
	},
	"UnreadMentions": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return p.UnreadMentions(t.Context(), s)
	},
	"ImportThreads": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.ImportThreads(t.Context(), s, v.workflow, []engine.Thread{{Comments: []engine.Comment{{Text: "Mine"}}}})
	},
	// These take away: asked of alpha last.
	"DeleteComment": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.DeleteComment(t.Context(), s, v.workflow, v.thread, v.comment)
		return 1, err
	},
	"DeleteToken": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.DeleteToken(t.Context(), s, v.token)
	},
	"RemoveMember": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.RemoveMember(t.Context(), s, "guest")
	},
	"DeleteVariable": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.DeleteVariable(t.Context(), s, "region")
	},
	"DeleteCredential": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.DeleteCredential(t.Context(), s, v.credential)
	},
	"DeleteRuns": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return p.DeleteRuns(t.Context(), s, v.workflow, 1<<60)
	},
	"DeleteWorkflow": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.DeleteWorkflow(t.Context(), s, v.workflow)
	},
	// These make something new in the scope's own workspace: only the empty scope is asked.
	"CreateWorkflow": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.CreateWorkflow(t.Context(), s, "", "", drawing(t, "New"))
		return 0, err
	},
	"PutVariable": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 0, p.PutVariable(t.Context(), s, engine.Variable{Name: "n"})
	},
	"LetViewersComment": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 0, p.LetViewersComment(t.Context(), s, true)
	},
	"RenameWorkspace": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 0, p.RenameWorkspace(t.Context(), s, "New")
	},
}

var takesAway = []string{
	"DeleteKey", "StopEvaluation", "DeleteEvaluation", "DeleteQuestion", "DeleteConversation", "DeleteSource", "DeleteDocuments", "DeleteCollection",
	"DeleteComment", "DeleteVersion", "DeleteToken", "RemoveMember", "DeleteVariable", "DeleteCredential", "DeleteRuns", "DeleteWorkflow",
}

var makesNew = []string{"CreateWorkflow", "PutVariable", "LetViewersComment", "RenameWorkspace", "SetKeepRevisions"}

func TestTenancy(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		v := p.things(t)
		for name, ask := range scoped {
			if _, err := ask(t, p, v, auth.Scope{}); !errors.Is(err, fs.ErrPermission) {
				t.Errorf("%s with an empty scope: %v, want fs.ErrPermission", name, err)
			}
			if slices.Contains(makesNew, name) {
				continue
			}
			found, err := ask(t, p, v, p.beta)
			if err != nil && !errors.Is(err, fs.ErrNotExist) || err == nil && found > 0 {
				t.Errorf("%s from another workspace: found %d, %v", name, found, err)
			}
		}
		// The other workspace changed nothing, and each call does find what is there when it is asked rightly.
		stored, err := p.Workflow(t.Context(), p.alpha, v.workflow)
		if must(t, err); stored.Revision != 1 || stored.Name != "Ours" || stored.Folder != "Team" || stored.Active {
			t.Errorf("changed from another workspace: %+v", stored.Summary)
		}
		if _, values, err := p.Secret(t.Context(), "alpha", "key"); err != nil || values["value"] != "s3cret" {
			t.Errorf("the credential: %v, %v", values, err)
		}
		if _, _, err := p.Secret(t.Context(), "beta", "key"); !errors.Is(err, fs.ErrNotExist) {
			t.Error("another workspace's secret by name:", err)
		}
		if _, err := p.RunnableWorkflow(t.Context(), "beta", v.workflow, 0); !errors.Is(err, fs.ErrNotExist) {
			t.Error("another workspace's workflow to run:", err)
		}
		if _, _, err := p.Journal().Load(t.Context(), "beta", v.run); !errors.Is(err, fs.ErrNotExist) {
			t.Error("another workspace's journal:", err)
		}
		for name, ask := range scoped {
			if !slices.Contains(takesAway, name) {
				if _, err := ask(t, p, v, p.alpha); err != nil {
					t.Errorf("%s from its own workspace: %v", name, err)
				}
			}
		}
		for _, name := range takesAway {
			if n, err := scoped[name](t, p, v, p.alpha); err != nil || n != 1 {
				t.Errorf("%s from its own workspace: %d, %v", name, n, err)
			}
		}
	})
}

// things fills workspace alpha.
func (p *place) things(t *testing.T) (v things) {
	ctx := t.Context()
	sum, err := p.CreateWorkflow(ctx, p.alpha, "", "Team", drawing(t, "Ours"))
	must(t, err)
	v.workflow, v.deleted, v.run, v.token = sum.ID, p.workflow(t, p.alpha, "Gone"), "run1", "token1"
	must(t, p.DeleteWorkflow(ctx, p.alpha, v.deleted))
	r := p.run(t, p.alpha, v.workflow, v.run, nil)
	must(t, p.write(chunkOf(r, 2, engine.Event{Type: engine.StepFinished, Node: "start"})))
	p.finish(t, r, 3, engine.Succeeded)
	c, err := p.PutCredential(ctx, p.alpha, engine.Credential{Name: "key", Type: "header"}, map[string]string{"value": "s3cret"})
	must(t, err)
	v.credential = c.ID
	version, err := p.NameVersion(ctx, p.alpha, v.workflow, 1, "First", "")
	must(t, err)
	v.version = version.ID
	must(t, p.PutVariable(ctx, p.alpha, engine.Variable{Name: "region", Value: "eu"}))
	must(t, p.PutToken(ctx, auth.Token{Hash: v.token, Purpose: "invite", Workspace: "alpha", Expires: 1 << 60}))
	must(t, p.CreateUser(ctx, auth.User{ID: "guest", Email: "guest@example.org"}))
	must(t, p.AddMember(ctx, "alpha", "guest", auth.Viewer, 2))
	thread, err := p.StartThread(ctx, p.alpha, v.workflow, engine.Place{}, "Ours")
	must(t, err)
	v.thread, v.comment = thread.ID, thread.Comments[0].ID
	v.ours = p.documents(t)
	p.spending(t)
	v.tests = p.campaigns(t)
	return v
}

func TestEveryScopedMethodIsAsked(t *testing.T) {
	t.Parallel()
	methods := reflect.TypeFor[*store.Store]()
	for m := range methods.NumMethod() {
		f := methods.Method(m)
		for i := range f.Type.NumIn() {
			if f.Type.In(i) == reflect.TypeFor[auth.Scope]() && scoped[f.Name] == nil {
				t.Errorf("%s takes a scope, but TestTenancy does not ask it", f.Name)
			}
		}
	}
}
