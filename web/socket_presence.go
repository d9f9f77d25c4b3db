package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/live"
	"golang.org/x/time/rate"
)

const (
	presenceLimit   = 4 << 10 // bytes of a state
	presencePerSec  = 20
	presenceBurst   = 20
	maxPlaces       = 8 // workflows that one page is present at
	maxPresenceID   = 64
	maxPresenceIDs  = 100
	presenceColors  = 12
	presenceFarAway = 1e7 // no drawing is larger
)

// presenceState is what a person does at a workflow. Places are those of the drawing.
type presenceState struct {
	Cursor    *[2]float64           `json:"cursor"`
	View      *[4]float64           `json:"view,omitempty"` // left, top, width, height of what they see
	Selection []string              `json:"selection,omitempty"`
	Open      *presenceOpen         `json:"open,omitempty"`
	Typing    bool                  `json:"typing,omitempty"`
	Drag      map[string][2]float64 `json:"drag,omitempty"` // where nodes and notes are while they are dragged
	Follow    string                `json:"follow,omitempty"`
}

type presenceOpen struct {
	Node  string `json:"node"`
	Param string `json:"param,omitempty"`
}

// roleFrame tells a page what its person may do, at first and when it changes.
type roleFrame struct {
	Type string    `json:"t"`
	Role auth.Role `json:"role"`
}

// hereFrame begins the telling of who is at a workflow: everybody who is there follows.
type hereFrame struct {
	Type     string    `json:"t"`
	Workflow string    `json:"workflow"`
	Conn     string    `json:"conn"` // names this page to the others
	User     string    `json:"user"`
	Role     auth.Role `json:"role"`
}

// attendance is a connection's presence at workflows, and what its person may do, as it was last looked up.
type attendance struct {
	conn    string
	limiter *rate.Limiter

	mu     sync.Mutex
	member *auth.Member // nil: has to be looked up
	doubts int          // how often it had to be
	role   auth.Role    // that the page was told last
	places map[string]*attended
}

type attended struct {
	*live.Place
	state *presenceState
}

func newAttendance(p auth.Principal) *attendance {
	return &attendance{
		conn: rand.Text(), limiter: rate.NewLimiter(presencePerSec, presenceBurst), places: map[string]*attended{}, role: p.Member.Role,
	}
}

// attend takes in what a page says about its person. Frames above the limit are left out: newer ones follow.
func (k *socket) attend(ctx context.Context, workflow string, data json.RawMessage) error {
	a := k.attendance
	if !a.limiter.Allow() {
		return nil
	}
	if len(data) == 0 || string(data) == "null" {
		a.leave(ctx, workflow)
		return nil
	}
	state, err := readPresence(data)
	if err != nil {
		return err
	}
	a.mu.Lock()
	member, place := a.member, a.places[workflow]
	full := len(a.places) >= maxPlaces
	a.mu.Unlock()
	if member == nil {
		if member, err = k.look(ctx); err != nil {
			return err
		}
	}
	if !member.Scope().Allows(auth.WorkflowView) {
		return fmt.Errorf("your role does not allow this: %w", fs.ErrPermission)
	}
	if place != nil {
		a.set(ctx, place, *member, state)
		return nil
	}
	if full {
		return fmt.Errorf("one page can be present at most at %d workflows", maxPlaces)
	}
	if _, err := k.server.Store.Revision(ctx, member.Scope(), workflow); err != nil {
		return err
	}
	return k.arrive(ctx, workflow, *member, state)
}

func (k *socket) arrive(ctx context.Context, workflow string, member auth.Member, state *presenceState) error {
	k.tell(hereFrame{"here", workflow, k.attendance.conn, member.User.ID, member.Role})
	who, seen, err := k.attendance.seen(member, state)
	if err != nil {
		return err
	}
	place, err := k.server.presence.Join(ctx, k.conn, member.Workspace.ID, workflow, who, seen)
	if err != nil {
		return err
	}
	a := k.attendance
	a.mu.Lock()
	defer a.mu.Unlock()
	a.places[workflow] = &attended{place, state}
	return nil
}

// look reads what the person may do now and keeps it until something about it changes.
func (k *socket) look(ctx context.Context) (*auth.Member, error) {
	a := k.attendance
	a.mu.Lock()
	doubts := a.doubts
	a.mu.Unlock()
	member, err := k.server.stillThere(ctx, k.principal)
	if err != nil {
		return nil, err
	}
	k.takeUp(ctx, member, doubts)
	return &member, nil
}

// takeUp keeps what the person may do, unless that has been doubted since it was read. When their role is another one,
// the page is told, and so are the others.
func (k *socket) takeUp(ctx context.Context, member auth.Member, doubts int) {
	a := k.attendance
	a.mu.Lock()
	if doubts != a.doubts { // who doubted looks it up again
		a.mu.Unlock()
		return
	}
	changed := a.role != member.Role
	a.member, a.role = &member, member.Role
	var places []*attended
	for _, place := range a.places {
		places = append(places, place)
	}
	a.mu.Unlock()
	if !changed {
		return
	}
	k.tell(roleFrame{"role", member.Role})
	for _, place := range places {
		a.set(ctx, place, member, nil)
	}
}

// doubt forgets what the person may do, so that the next frame looks it up.
func (a *attendance) doubt() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.member, a.doubts = nil, a.doubts+1
}

// set shows a new state, or the old one of a person whose role has changed.
func (a *attendance) set(ctx context.Context, place *attended, member auth.Member, state *presenceState) {
	a.mu.Lock()
	if state != nil {
		place.state = state
	}
	state = place.state
	a.mu.Unlock()
	if who, seen, err := a.seen(member, state); err == nil {
		place.Set(ctx, who, seen)
	}
}

// seen is what others see of a person. Who may only look neither drags nor types.
func (a *attendance) seen(member auth.Member, state *presenceState) (live.Person, json.RawMessage, error) {
	looks := !member.Scope().Allows(auth.WorkflowEdit)
	shown := *state
	if looks {
		shown.Drag, shown.Typing = nil, false
	}
	data, err := json.Marshal(shown)
	return live.Person{Conn: a.conn, User: member.User.ID, Name: personName(member.User), Color: personColor(member.User.ID), Looks: looks}, data, err
}

func (a *attendance) leave(ctx context.Context, workflow string) {
	a.mu.Lock()
	place := a.places[workflow]
	delete(a.places, workflow)
	a.mu.Unlock()
	if place != nil {
		place.Leave(ctx)
	}
}

// leaveAll ends the presence of a connection that has ended.
func (a *attendance) leaveAll(ctx context.Context) {
	a.mu.Lock()
	places := a.places
	a.places = map[string]*attended{}
	a.mu.Unlock()
	for _, place := range places {
		place.Leave(ctx)
	}
}

// readPresence takes a state apart and refuses what no page of ours would send.
func readPresence(data []byte) (*presenceState, error) {
	if len(data) > presenceLimit {
		return nil, fmt.Errorf("a presence is at most %d bytes", presenceLimit)
	}
	var s presenceState
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, errors.New("the presence cannot be read")
	}
	ids := slices.Clone(s.Selection)
	var numbers []float64
	if s.Cursor != nil {
		numbers = append(numbers, s.Cursor[:]...)
	}
	if s.View != nil {
		numbers = append(numbers, s.View[:]...)
	}
	if s.Open != nil {
		ids = append(ids, s.Open.Node, s.Open.Param)
	}
	for id, at := range s.Drag {
		ids, numbers = append(ids, id), append(numbers, at[:]...)
	}
	ids = append(ids, s.Follow)
	if len(ids) > maxPresenceIDs || slices.ContainsFunc(ids, func(id string) bool { return len(id) > maxPresenceID }) {
		return nil, errors.New("the presence names too much")
	}
	if slices.ContainsFunc(numbers, func(n float64) bool { return math.Abs(n) > presenceFarAway }) {
		return nil, errors.New("the presence is nowhere on a drawing")
	}
	return &s, nil
}

// personName is how others see a person: their name, or what stands before the @ of their address.
func personName(u auth.User) string {
	if u.Name != "" {
		return u.Name
	}
	name, _, _ := strings.Cut(u.Email, "@")
	return name
}

// personColor is a person's colour, the same on every page and every day.
func personColor(user string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(user)) // a hash takes everything
	return int(h.Sum32() % presenceColors)
}
