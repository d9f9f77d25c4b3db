package authorization

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/resource"
	"github.com/atelier-studio/atelier/agents/wire"
)

// owned is an object that one account has made, with what another can do to it. The caller closes it.
type owned struct {
	lab          *agents.Lab
	owner, other *resource.Session
	object       *resource.Object
	mark         string
}

// peers are two accounts that are signed in, of one role where there are such: what a keeper may do a customer may not.
func peers(lab *agents.Lab) (a, b agents.Account, ok bool) {
	var in []agents.Account
	for _, x := range lab.Accounts {
		if x.In {
			in = append(in, x)
		}
	}
	for i, a := range in {
		for _, b := range in[i+1:] {
			if a.Role == b.Role && a.User != b.User {
				return a, b, true
			}
		}
	}
	// Of different roles, the one that comes first is asked to keep something from the one that comes last, and a role that
	// sees all is not asked to look.
	for i, a := range in {
		for _, b := range in[i+1:] {
			switch {
			case a.User == b.User && a.User != "":
			case privileged.MatchString(b.Role):
				return b, a, true
			default:
				return a, b, true
			}
		}
	}
	return a, b, false
}

// own makes an object of an account that is nobody else's business. The outcome says why there is none.
func own(ctx context.Context, lab *agents.Lab, r *resource.Resource) (*owned, *agents.Outcome) {
	a, b, ok := peers(lab)
	if !ok {
		o := agents.Skip("no two accounts are signed in that could be kept apart")
		return nil, &o
	}
	w := &owned{lab: lab, owner: resource.OpenAs(lab, r, a.Name), other: resource.OpenAs(lab, r, b.Name), mark: lab.Marker(1)}
	object, err := w.owner.Make(ctx, 1, nil)
	if err != nil {
		w.close(ctx)
		o := agents.Skip("%s could not make anything of it to keep from others: %v", a.Name, err)
		if ctx.Err() != nil || !errors.Is(err, resource.ErrRefused) {
			o = agents.BlockOn(err)
		}
		return nil, &o
	}
	w.object = object
	seen := w.owner.Read(ctx, object)
	if seen == nil || !seen.OK() || !strings.Contains(string(seen.Body), w.mark) {
		w.close(ctx)
		o := agents.Skip("what %s made could not be read again by its own account", a.Name)
		return nil, &o
	}
	return w, nil
}

func (w *owned) close(ctx context.Context) {
	w.other.Close(ctx)
	w.owner.Close(ctx)
}

// shared tells whether the target means the object to be seen: others, or everybody, find it in the collection. Where that has
// more than can be looked through, it may be there.
func (w *owned) shared(ctx context.Context) bool {
	x := w.other.List(ctx)
	if x != nil && strings.Contains(string(x.Body), w.mark) {
		return true
	}
	for _, d := range collections(w.lab.Surface) {
		if pathOf(d.collection.list.URL) != w.owner.Resource.Path {
			continue
		}
		ids, whole, _ := d.collection.listed(ctx, w.lab, w.other.As)
		return !whole || slices.Contains(ids, w.object.ID)
	}
	return false
}

// shows tells whether an answer is the object.
func (w *owned) shows(x *wire.Exchange) bool {
	return x != nil && x.OK() && len(x.Hops) == 0 && strings.Contains(string(x.Body), w.mark)
}
