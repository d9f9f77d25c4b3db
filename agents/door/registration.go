package door

import (
	"context"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/similar"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Strong is a password that nobody should refuse.
const Strong = "Correct-Horse-9-Battery"

// Register opens an account, and tells whether there is one then: who it is for can sign in, or, where that cannot be
// tried, the answer is no refusal. One that an earlier try has opened with the same password counts.
func Register(ctx context.Context, lab *agents.Lab, d *Door, name, password string) (x *wire.Exchange, opened bool) {
	x, _ = d.Once(ctx, lab, name, password)
	if doors := SignIns(lab.Surface); len(doors) > 0 {
		in := doors[0]
		if in.WantsMail() && !d.WantsMail() {
			name += "@example.org"
		}
		wrong, _ := in.Once(ctx, lab, name, lab.Marker(970)+"-Wrong-1")
		right, _ := in.Once(ctx, lab, name, password)
		return x, IsIn(right, wrong, name, password)
	}
	refused, _ := d.Once(ctx, lab, "", "")
	return x, x.OK() && !passwordInput.Match(x.Body) && similar.Of(x, refused) < 0.9
}

// Newcomer opens an account of its own, so that no given one has to be tried with wrong passwords; "" where that cannot
// be done.
func Newcomer(ctx context.Context, lab *agents.Lab, in *Door, n int) string {
	for _, d := range Registrations(lab.Surface) {
		name := d.Somebody(lab, n)
		if _, opened := Register(ctx, lab, d, name, Strong); opened {
			if in.WantsMail() && !d.WantsMail() {
				name += "@example.org"
			}
			return name
		}
	}
	return ""
}
