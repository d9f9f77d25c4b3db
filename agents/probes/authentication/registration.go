package authentication

import (
	"context"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/similar"
	"github.com/atelier-studio/atelier/agents/wire"
)

// strong is a password that nobody should refuse.
const strong = "Correct-Horse-9-Battery"

// register opens an account, and tells whether there is one then: who it is for can sign in, or, where that cannot be
// tried, the answer is no refusal. One that an earlier try has opened with the same password counts.
func register(ctx context.Context, lab *agents.Lab, d *door, name, password string) (x *wire.Exchange, opened bool) {
	x, _ = d.once(ctx, lab, name, password)
	for _, in := range signIns(lab.Surface) {
		if in.wantsMail() && !d.wantsMail() {
			name += "@example.org"
		}
		wrong, _ := in.once(ctx, lab, name, lab.Marker(970)+"-Wrong-1")
		right, _ := in.once(ctx, lab, name, password)
		return x, isIn(right, wrong, name, password)
	}
	refused, _ := d.once(ctx, lab, "", "")
	return x, x.OK() && !passwordInput.Match(x.Body) && similar.Of(x, refused) < 0.9
}

// newcomer opens an account of its own, so that no given one has to be tried with wrong passwords; "" where that cannot
// be done.
func newcomer(ctx context.Context, lab *agents.Lab, in *door, n int) string {
	for _, d := range registrations(lab.Surface) {
		name := d.somebody(lab, n)
		if _, opened := register(ctx, lab, d, name, strong); opened {
			if in.wantsMail() && !d.wantsMail() {
				name += "@example.org"
			}
			return name
		}
	}
	return ""
}
