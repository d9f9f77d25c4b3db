package llm

import (
	"context"
	"slices"
	"strings"
)

// structured holds the answers of a model against the schemas of the requests. Where an endpoint has schemas of its own
// they are used; none is trusted.
type structured struct {
	Model
	endpoint
}

func (s structured) Name() string { return s.name() }

// instructed is the system text with the wish for JSON in it, for endpoints without schemas.
func instructed(r *Request) string {
	wish := "Answer with one JSON value and nothing else: no fence, no explanation. It must fit this JSON schema:\n" + string(r.Schema)
	return strings.TrimSpace(r.System + "\n\n" + wish)
}

func (s structured) Generate(ctx context.Context, r Request) (*Reply, error) {
	if err := r.Check(); err != nil {
		return nil, s.fail(Invalid, nil, "%v", err)
	}
	reply, err := s.Model.Generate(ctx, r)
	if err != nil || r.Schema == nil {
		return reply, err
	}
	wrong, err := s.fits(&r, reply)
	if wrong == nil || err != nil {
		return reply, err
	}
	again := r
	again.Messages = append(slices.Clone(r.Messages), Say(Assistant, reply.Text),
		Say(User, "This does not fit the JSON schema: "+wrong.Error()+". Answer again with one JSON value that fits, and nothing else."))
	second, err := s.Model.Generate(ctx, again)
	if err != nil {
		return nil, err
	}
	second.Usage, second.Took = second.Usage.plus(reply.Usage), second.Took+reply.Took
	wrong, err = s.fits(&r, second)
	if err != nil {
		return nil, err
	}
	if wrong != nil {
		return nil, s.fail(BadReply, nil, "the answer does not fit the schema, twice (%.200s): make the schema simpler, or choose another model", wrong.Error())
	}
	return second, nil
}

// fits makes the reply's text the bare JSON when it fits, and says what is wrong when it does not; err is what no second
// answer would mend.
func (s structured) fits(r *Request, reply *Reply) (wrong, err error) {
	switch reply.End {
	case Called:
		return nil, nil
	case Cut:
		return nil, s.fail(TooLong, nil, "the answer was cut at its limit of tokens, before its JSON was complete: allow more tokens")
	case Declined:
		return nil, s.fail(Refused, nil, "the model declined to answer: ask in other words, or choose another model")
	case Finished, Stopped, Broken:
	}
	text := bare(reply.Text)
	if wrong := Fit(r.Schema, text); wrong != nil {
		return wrong, nil
	}
	reply.Text = text
	return nil, nil
}

func (s structured) Stream(ctx context.Context, r Request, each func(Delta) error) (*Reply, error) {
	if r.Schema == nil {
		if err := r.Check(); err != nil {
			return nil, s.fail(Invalid, nil, "%v", err)
		}
		return s.Model.Stream(ctx, r, each)
	}
	reply, err := s.Generate(ctx, r)
	if err != nil {
		return nil, err
	}
	return reply, deliver(reply, each)
}

// deliver gives a whole reply as if it came now.
func deliver(r *Reply, each func(Delta) error) error {
	if r.Text != "" {
		if err := each(Delta{Text: r.Text}); err != nil {
			return err
		}
	}
	for i := range r.Calls {
		if err := each(Delta{Call: &r.Calls[i]}); err != nil {
			return err
		}
	}
	return nil
}
