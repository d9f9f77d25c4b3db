package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/rag/evaluate"
)

// ragEval asks judged questions and measures what comes. It fails (1) when the result does not reach what is required, and
// could not run (2) with everything else, so that a pipeline can tell a bad release from a broken step.
func ragEval(ctx context.Context, p *process, c *Config, o *ragFlags, names []string) int {
	if len(names) > 1 || len(names) == 1 && o.collection != "" || len(names) == 0 && o.collection == "" {
		return p.fail(exitUsage, errors.New("rag eval takes the name of one collection"))
	}
	if len(names) == 1 {
		o.collection = names[0]
	}
	required, err := evaluate.ParseRequirements(o.require)
	if err != nil {
		return p.fail(exitUsage, fmt.Errorf("--require: %w", err))
	}
	if (o.keep || o.note != "") && o.questions != "" {
		return p.fail(exitUsage, errors.New("--keep is for runs over the questions of the collection: those of a file would not compare with them"))
	}
	if _, asked := required["supported"]; asked {
		o.answers = true
	}
	var questions []evaluate.Question
	if o.questions != "" {
		if questions, err = readQuestions(p, o.questions); err != nil {
			return p.fail(exitUsage, fmt.Errorf("--questions: %w", err))
		}
	}
	d, err := openDesk(ctx, p, c, o)
	if err != nil {
		return p.fail(exitUsage, err)
	}
	result, err := d.evaluate(ctx, p, questions)
	if err = errors.Join(err, d.close()); err != nil {
		return p.fail(exitUsage, err)
	}
	if o.json {
		err = writeJSON(p.stdout, struct {
			*evaluate.Result
			Missed []string `json:"missed,omitempty"`
		}{result, required.Missed(result)})
	} else {
		err = writeMeasured(p.stdout, result, required)
	}
	if err != nil {
		return p.fail(exitUsage, err)
	}
	if err := required.Check(result); err != nil {
		return p.fail(exitFailed, err)
	}
	return exitOK
}

func readQuestions(p *process, name string) ([]evaluate.Question, error) {
	const most = 16 << 20
	var data []byte
	var err error
	if name == "-" {
		data, err = io.ReadAll(io.LimitReader(p.stdin, most+1))
	} else {
		data, err = readLimited(name, most)
	}
	if err != nil {
		return nil, err
	}
	if len(data) > most {
		return nil, fmt.Errorf("there are more than %d bytes", most)
	}
	return evaluate.ReadQuestions(data)
}

// evaluate asks the questions; nil: those that the collection keeps.
func (d *desk) evaluate(ctx context.Context, p *process, questions []evaluate.Question) (*evaluate.Result, error) {
	found, err := d.store.Collection(ctx, d.scope, d.collection)
	if err != nil {
		return nil, err
	}
	if questions == nil {
		if questions, err = d.store.Questions(ctx, d.scope, found.ID); err != nil {
			return nil, err
		}
		if len(questions) == 0 {
			return nil, fmt.Errorf("the collection %q has no judged questions yet: add some on its page, or name a file with --questions", found.Name)
		}
	}
	o, err := d.documents.library.Open(ctx, d.scope.Workspace(), found.ID)
	if err != nil {
		return nil, err
	}
	ctx = llm.Using(ctx, &llm.Use{Kind: llm.UseEvaluation, ID: found.ID, Name: found.Name})
	var model llm.Model
	if d.answers && !d.noModel && len(found.Models) > 0 {
		if model, err = d.documents.models.model(ctx, d.scope.Workspace(), found.Models); err != nil {
			return nil, err
		}
	}
	options := evaluate.Options{Settings: found.Settings, Model: model, Answers: d.answers}
	if isTerminal(p.stderr) {
		options.Each = func(done []evaluate.Case, total int) error {
			end := ""
			if len(done) == total {
				end = "\r\033[K"
			}
			_, err := fmt.Fprintf(p.stderr, "\r%d of %d questions%s", len(done), total, end)
			return err
		}
	}
	result, err := evaluate.Run(ctx, o.Retriever, d.store.JudgedPlaces(d.scope, found.ID), questions, options)
	if err != nil {
		return nil, err
	}
	result.Setup = evaluate.SetupOf(o)
	if d.keep || d.note != "" {
		kept := evaluate.Evaluation{Note: d.note, Order: evaluate.Order{Answers: d.answers, NoModel: d.noModel}, Status: evaluate.Done, Done: len(questions), Total: len(questions), Result: *result}
		_, err = d.store.AddEvaluation(ctx, d.scope, found.ID, kept)
	}
	return result, err
}

// measures are what people call the names of what is measured.
var measures = map[string]string{
	"ndcg": "nDCG@10", "recall10": "Recall@10", "recall50": "Recall@50", "mrr": "MRR", "auroc": "AUROC, answerable against unanswerable",
	"kept": "answerable kept at the threshold", "false": "unanswerable let through at the threshold", "supported": "answers whose every sentence is supported",
}

// writeMeasured writes a table of what was measured and what is required.
func writeMeasured(w io.Writer, r *evaluate.Result, required evaluate.Requirements) error {
	missed := map[string]bool{}
	for _, name := range required.Missed(r) {
		missed[name] = true
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "questions\t%d\t%d answerable, %d not, %d whose passages are gone\n", r.Questions, r.Answerable, r.Unanswerable, r.Stale)
	r.Measured(func(name string, value *float64) {
		text, note := "not measured", ""
		switch {
		case value != nil:
			text = fmt.Sprintf("%.3f", *value)
		case name == "supported":
			text = "not run"
		}
		if want, asked := required[name]; asked {
			sign := cmp.Or(map[bool]string{true: "<="}[name == "false"], ">=")
			note = fmt.Sprintf("%s %.3f required: %s", sign, want, map[bool]string{true: "missed", false: "ok"}[missed[name]])
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", measures[name], text, note)
	})
	if r.Answered > 0 {
		fmt.Fprintf(t, "answered by\t%s\t%d answers, %d tokens\n", cmp.Or(r.Model, "sentences of the documents"), r.Answered, r.Tokens)
	}
	err := t.Flush()
	for i := range r.Cases {
		if note := r.Cases[i].Note; note != "" && err == nil {
			_, err = fmt.Fprintf(w, "not counted: %s: %s\n", strings.Join(strings.Fields(r.Cases[i].Question), " "), note)
		}
	}
	return err
}
