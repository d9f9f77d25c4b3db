package resource

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Session is work with a resource. What is made in it is taken away when it is closed.
type Session struct {
	Resource *Resource
	// As is who works; "" is nobody. It is known once an object was made.
	As string
	// Log are all exchanges, in their order.
	Log []*wire.Exchange

	lab   *agents.Lab
	only  bool // As it is, and as nobody else
	asked bool
	tidy  bool // what is sent takes away what was made
	plain int  // how many texts are left as they are, so that the target takes them
	made  []*Object
	// refers are the ids of what objects refer to, for who works.
	refers map[string]any
}

// Object is one that was made.
type Object struct {
	// ID is what the target calls it.
	ID string
	// URL is where it is read.
	URL string
	// Sent are the fields as they were given, by their names.
	Sent map[string]any
	// Made is the exchange that made it.
	Made *wire.Exchange
	// Tag is sent as If-Match with what changes it, where it is not "".
	Tag string

	gone bool
}

// way is how a resource is reached.
type way interface {
	// make makes an object. The error says why not.
	make(ctx context.Context, s *Session, give map[string]any) (*Object, error)
	// ask is the request that make sends, with what it carries.
	ask(ctx context.Context, s *Session, give map[string]any) (r wire.Request, sent map[string]any, err error)
	// change is the request that changes an object; not ok when there is no way.
	change(ctx context.Context, s *Session, o *Object, give map[string]any) (r wire.Request, ok bool)
	// step reads, changes or deletes an object; nil when there is no way.
	step(ctx context.Context, s *Session, step Step, o *Object, give map[string]any) *wire.Exchange
	// list asks for the collection; nil when there is no way.
	list(ctx context.Context, s *Session) *wire.Exchange
	// value finds a field in an answer.
	value(x *wire.Exchange, o *Object, field string) (any, bool)
	// take is what an answer to an attempt at making one made; nil when it made none.
	take(ctx context.Context, s *Session, x *wire.Exchange, sent map[string]any) *Object
}

// ErrRefused says that the target does not make an object.
var ErrRefused = errors.New("the target did not make an object")

// Open begins to work with a resource. The caller closes the session.
func Open(lab *agents.Lab, r *Resource) *Session { return &Session{Resource: r, lab: lab} }

// OpenAs begins to work with a resource as one account, and nobody else.
func OpenAs(lab *agents.Lab, r *Resource, as string) *Session {
	return &Session{Resource: r, lab: lab, As: as, only: true}
}

// Make makes an object. Its free texts are made of n, so that objects of different n are told apart; give are fields
// that have to be as they are. It is tried as nobody and as the campaign's accounts, and with fewer texts changed when the
// target refuses. The error wraps ErrRefused and says what it answered.
func (s *Session) Make(ctx context.Context, n int, give map[string]any) (*Object, error) {
	who := []string{s.As}
	if !s.asked {
		who = s.everybody()
	}
	var last error
	for _, as := range who {
		s.As = as
		if !s.asked || s.refers == nil {
			s.refers = s.references(ctx)
		}
		for plain := s.plain; plain <= allPlain; plain++ {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			fields := s.texts(n, plain)
			maps.Copy(fields, s.refers)
			maps.Copy(fields, give)
			o, err := s.Resource.way.make(ctx, s, fields)
			if err == nil {
				s.asked, s.plain = true, plain
				s.made = append(s.made, o)
				return o, nil
			}
			last = err
			if refusal := new(refused); !errors.As(err, &refusal) || refusal.status == 401 || refusal.status == 403 || refusal.status == 404 || s.asked {
				break // other texts would not help
			}
		}
	}
	if last == nil {
		last = fmt.Errorf("%w: there is no way to", ErrRefused)
	}
	return nil, last
}

// everybody are those that it is tried as: nobody first.
func (s *Session) everybody() []string {
	if s.only {
		return []string{s.As}
	}
	list := []string{""}
	for _, a := range s.lab.Accounts {
		if a.In {
			list = append(list, a.Name)
		}
	}
	return list
}

// How many texts are left as the description gives them.
const (
	nonePlain  = iota // all free texts are markers
	titlesOnly        // only the title is
	allPlain
)

// texts are the free texts of object n.
func (s *Session) texts(n, plain int) map[string]any {
	fields := map[string]any{}
	title := s.Resource.Title()
	for _, f := range s.Resource.Fields {
		switch {
		case plain == allPlain, plain == titlesOnly && (title == nil || f.Name != title.Name):
		case f.Sort == Mail:
			fields[f.Name] = s.lab.Marker(n) + "@example.org"
		case f.Sort == Text && f.Free && (f.Longest == 0 || f.Longest >= shortest):
			fields[f.Name] = s.lab.Marker(n)
		}
	}
	return fields
}

// Texts are the free texts of object n, as far as the target took such texts when an object was made last.
func (s *Session) Texts(n int) map[string]any { return s.texts(n, s.plain) }

// Refused is the exchange in which a target refused to make an object, with its status; ok is false when it was another
// reason.
func Refused(err error) (x *wire.Exchange, ok bool) {
	refusal := new(refused)
	if errors.As(err, &refusal) {
		return refusal.x, true
	}
	return nil, false
}

type refused struct {
	status int
	x      *wire.Exchange
}

func (r *refused) Error() string {
	if r.x != nil && r.x.Fault != nil {
		return fmt.Sprintf("%v: %s", ErrRefused, r.x.Fault.Text)
	}
	return fmt.Sprintf("%v: it answered %d", ErrRefused, r.status)
}

func (r *refused) Unwrap() error { return ErrRefused }

// Read reads an object again; nil when there is no way.
func (s *Session) Read(ctx context.Context, o *Object) *wire.Exchange {
	return s.Resource.way.step(ctx, s, Read, o, nil)
}

// Change changes fields of an object and leaves the others as they were given; nil when there is no way.
func (s *Session) Change(ctx context.Context, o *Object, give map[string]any) *wire.Exchange {
	return s.Resource.way.step(ctx, s, Update, o, give)
}

// Delete deletes an object; nil when there is no way.
func (s *Session) Delete(ctx context.Context, o *Object) *wire.Exchange {
	x := s.Resource.way.step(ctx, s, Delete, o, nil)
	o.gone = o.gone || x != nil && x.OK()
	return x
}

// List asks for the collection; nil when there is no way.
func (s *Session) List(ctx context.Context) *wire.Exchange { return s.Resource.way.list(ctx, s) }

// Value finds a field of an object in an answer: numbers as they were written (json.Number) where it is JSON.
func (s *Session) Value(x *wire.Exchange, o *Object, field string) (any, bool) {
	return s.Resource.way.value(x, o, field)
}

// Adopt takes over what a request made that was sent without Make, so that it is taken away with the rest.
func (s *Session) Adopt(ctx context.Context, x *wire.Exchange, sent map[string]any) *Object {
	o := s.Resource.way.take(ctx, s, x, sent)
	if o != nil {
		s.made = append(s.made, o)
	}
	return o
}

// Asking is the request that Make would send, as whoever made the object before, and what it carries: for probes that send
// it several times at once, and adopt what it makes.
func (s *Session) Asking(ctx context.Context, n int, give map[string]any) (r wire.Request, sent map[string]any, err error) {
	fields := s.texts(n, s.plain)
	maps.Copy(fields, s.refers)
	maps.Copy(fields, give)
	r, sent, err = s.Resource.way.ask(ctx, s, fields)
	r.As = s.who()
	return r, sent, err
}

// Changing is the request that Change would send; not ok when there is no way.
func (s *Session) Changing(ctx context.Context, o *Object, give map[string]any) (r wire.Request, ok bool) {
	r, ok = s.Resource.way.change(ctx, s, o, give)
	r.As = s.who()
	return r, ok
}

// Newest is the object that was made last; nil when none was.
func (s *Session) Newest() *Object {
	if len(s.made) == 0 {
		return nil
	}
	return s.made[len(s.made)-1]
}

// Close takes away what was made, also when the case was stopped or the campaign's requests are used up, the newest first.
// It tells what was left.
func (s *Session) Close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	s.tidy = true
	var left []string
	for i := len(s.made) - 1; i >= 0; i-- {
		if o := s.made[i]; !o.gone {
			if x := s.Delete(ctx, o); !o.gone && (x == nil || x.Status != http.StatusNotFound && x.Status != http.StatusGone) {
				left = append(left, o.ID)
			}
		}
	}
	s.made, s.tidy = nil, false
	if len(left) > 0 && s.lab.Tell != nil {
		s.lab.Tell(agents.Fact{Kind: agents.FactLeft, Text: fmt.Sprintf("%d of %s could not be taken away: %s", len(left), s.Resource.Path, strings.Join(left[:min(len(left), 10)], ", "))})
	}
	if who := s.who(); who != s.As {
		s.lab.Client.Forget(who)
	}
}

// who is whose cookies are sent. Nobody has some, too, where there are forms: their tokens hang on them.
func (s *Session) who() string {
	if s.As == "" && !s.Resource.API() {
		return "visitor of " + s.lab.Case
	}
	return s.As
}

// send sends a request as the one who works, and keeps the exchange.
func (s *Session) send(ctx context.Context, r wire.Request) *wire.Exchange {
	r.As, r.Tidy = s.who(), s.tidy
	x := s.lab.Send(ctx, r)
	s.Log = append(s.Log, x)
	return x
}

// lastPart is the last part of an address's path.
func lastPart(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	path := u.Path
	for len(path) > 0 && path[len(path)-1] == '/' {
		path = path[:len(path)-1]
	}
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return path[i+1:]
		}
	}
	return path
}
