package control

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
)

// Decide is what somebody wants done about a case. Which fields count is the
// route's to say.
type Decide struct {
	// Step is the CaseView.Step that she saw; 0: as the case is now.
	Step int `json:"step,omitempty"`
	// Suggested takes what the desk suggests where Reply or Private is empty and
	// nothing else forbids it; Public and InPrivate say which of both is wanted.
	Suggested bool   `json:"suggested,omitempty"`
	Public    bool   `json:"public,omitempty"`
	InPrivate bool   `json:"in_private,omitempty"`
	Reply     string `json:"reply,omitempty"`
	Private   string `json:"private,omitempty"`
	// Hide is the code of a privacy reason; empty: nothing is hidden.
	Hide     string `json:"hide,omitempty"`
	TakeDown bool   `json:"take_down,omitempty"`
	// Leave leaves our own words online that the gate refuses.
	Leave bool `json:"leave,omitempty"`
	// Override is the code of the reason for which refused words go out, Note says it.
	Override string `json:"override,omitempty"`
	Note     string `json:"note,omitempty"`
	// To is whose the case is to be; empty: nobody's.
	To string `json:"to,omitempty"`
	// Text is that of a note, Code that of an outcome.
	Text string `json:"text,omitempty"`
	Code string `json:"code,omitempty"`
	// Cases are several, where one is not named by the address.
	Cases []string `json:"cases,omitempty"`
}

// Together is what became of one of several cases; Why is empty where it was done.
type Together struct {
	Case string `json:"case"`
	Why  string `json:"why,omitempty"`
}

// deciding are the acts on cases, and on what waits for a second person, beside those
// of the table in control.go.
var deciding = map[string]act{
	"POST /settings/confirm":    {people.Configure, (*control).confirmSetting},
	"POST /settings/withdraw":   {people.Configure, (*control).withdrawSetting},
	"GET /cases":                {people.See, (*control).cases},
	"GET /cases/{id}":           {people.See, (*control).showCase},
	"POST /cases/{id}/reveal":   {people.Reveal, (*control).revealCase},
	"POST /cases/{id}/approve":  {people.Decide, decides((*control).approve)},
	"POST /cases/{id}/dismiss":  {people.Decide, decides((*control).dismiss)},
	"POST /cases/{id}/handled":  {people.Decide, decides((*control).handle)},
	"POST /cases/{id}/undo":     {people.Decide, decides((*control).undo)},
	"POST /cases/{id}/assign":   {people.Decide, decides((*control).assign)},
	"POST /cases/{id}/note":     {people.Decide, decides((*control).note)},
	"POST /cases/{id}/outcome":  {people.Decide, decides((*control).outcome)},
	"POST /cases/{id}/override": {people.Override, decides((*control).override)},
	"POST /cases/{id}/confirm":  {people.Override, decides((*control).confirm)},
	"POST /cases/{id}/withdraw": {people.Override, decides((*control).withdraw)},
	"POST /cases/dismiss":       {people.Decide, (*control).dismissAll},
	"POST /cases/undo":          {people.Decide, (*control).undoAll},
}

// order is a decision as it was given.
type order struct {
	Decide
	id  string
	who caller
}

// ordered tells of what is done that it was given by command.
func (who caller) ordered(ctx context.Context) context.Context {
	return respond.Ordered(ctx, respond.Entry{By: who.act.By, OS: who.act.OS, From: who.act.From})
}

// decides is an act that takes a decision and answers with the case as it is then.
func decides(take func(*control, context.Context, *order) (respond.Case, error)) func(*control, http.ResponseWriter, *http.Request, caller) error {
	return func(c *control, w http.ResponseWriter, r *http.Request, who caller) error {
		in, err := read[Decide](r)
		if err != nil {
			return err
		}
		o := &order{in, r.PathValue("id"), who}
		if !commentID.MatchString(o.id) {
			return errNoID
		}
		now, err := take(c, who.ordered(r.Context()), o)
		var refused *respond.RefusedError
		switch {
		case errors.As(err, &refused):
			answer(w, http.StatusUnprocessableEntity, struct {
				Error    string    `json:"error"`
				Problems []Problem `json:"problems"`
			}{(&Refused{}).Error(), o.problems(refused)})
			return nil
		case errors.Is(err, respond.ErrConflict):
			return c.overtaken(r.Context(), o.id)
		case err != nil:
			return inWords(err)
		}
		view, err := c.view(r.Context(), now.ID(), who)
		if err != nil {
			return err
		}
		answer(w, http.StatusOK, view)
		return nil
	}
}

// problems are those of a refused text, with the text.
func (o *order) problems(refused *respond.RefusedError) []Problem {
	text := map[ingest.ActionKind]string{ingest.Reply: o.Reply, ingest.Private: o.Private, respond.KindNote: strings.TrimSpace(o.Text)}[refused.Kind]
	out := make([]Problem, len(refused.Problems))
	for i, p := range refused.Problems {
		out[i] = Problem{string(refused.Kind), text, p}
	}
	return out
}

// overtaken says who was faster.
func (c *control) overtaken(ctx context.Context, id string) error {
	it, err := c.Cases.Cases.Get(ctx, id)
	if err != nil {
		return inWords(err)
	}
	last := it.Last()
	return &refusal{http.StatusConflict, fmt.Sprintf("nothing was done: the case went on before you decided (%s, by %s at %s); look at it as it is now: triage queue show %s",
		last.Do, last.By, last.At.Local().Format(time.TimeOnly), id)}
}

// alone reports whether the service is stopped: nothing is known of its accounts.
func (c *control) alone() bool { return len(c.Cases.Accounts) == 0 }

var errStopped = &refusal{http.StatusConflict, "the service is stopped, and only it knows what may be sent where: start it (triage run) and try again"}

func (o *order) decision() respond.Decision {
	return respond.Decision{Case: o.id, Step: o.Step, By: o.who.act.By, Reply: o.Reply, Private: o.Private, Hide: o.Hide, TakeDown: o.TakeDown}
}

// approve approves what was typed, and else what is suggested.
func (c *control) approve(ctx context.Context, o *order) (respond.Case, error) {
	dec, err := c.wanted(ctx, o)
	if err != nil {
		return respond.Case{}, err
	}
	return c.Cases.Approve(ctx, dec)
}

// wanted fills in what the desk suggests.
func (c *control) wanted(ctx context.Context, o *order) (respond.Decision, error) {
	if c.alone() {
		return respond.Decision{}, errStopped
	}
	it, err := c.Cases.Cases.Get(ctx, o.id)
	if err != nil {
		return respond.Decision{}, err
	}
	dec := o.decision()
	if dec.Step == 0 {
		dec.Step = it.Step() // what is suggested now is what is approved
	}
	if s := it.Suggestion; s != nil && o.Suggested {
		may := c.Cases.May(it)
		if o.Public && dec.Reply == "" {
			dec.Reply = s.Text
		}
		if o.InPrivate && dec.Private == "" && (!o.Public || may.May(ingest.Private)) {
			dec.Private = s.Private
		}
	}
	if o.Public && dec.Reply == "" || o.InPrivate && !o.Public && dec.Private == "" {
		return dec, &respond.CannotError{Why: "Nothing is suggested here: write what is to be said (--text or --text-file, --private-text)."}
	}
	o.Reply, o.Private = dec.Reply, dec.Private
	return dec, nil
}

// What the desk is asked for as it was given.
func (c *control) dismiss(ctx context.Context, o *order) (respond.Case, error) {
	return c.Cases.Dismiss(ctx, o.decision())
}
func (c *control) handle(ctx context.Context, o *order) (respond.Case, error) {
	return c.Cases.Handle(ctx, o.decision())
}
func (c *control) undo(ctx context.Context, o *order) (respond.Case, error) {
	return c.Cases.Undo(ctx, o.id, o.who.act.By)
}
func (c *control) note(ctx context.Context, o *order) (respond.Case, error) {
	return c.Cases.AddNote(ctx, o.id, o.Text, o.who.act.By)
}
func (c *control) outcome(ctx context.Context, o *order) (respond.Case, error) {
	return c.Cases.Outcome(ctx, o.id, o.Code, o.who.act.By)
}
func (c *control) withdraw(ctx context.Context, o *order) (respond.Case, error) {
	return c.Cases.Withdraw(ctx, o.id, o.who.act.By)
}

func (c *control) assign(ctx context.Context, o *order) (respond.Case, error) {
	to := normal(o.To)
	if to != "" {
		u, err := c.People.Get(ctx, to)
		if errors.Is(err, people.ErrNotFound) || err == nil && (u.Disabled || !u.Role.May(people.Decide)) {
			return respond.Case{}, &refusal{http.StatusConflict, "there is no user of this name who may decide: see triage user list"}
		}
		if err != nil {
			return respond.Case{}, err
		}
	}
	return c.Cases.Assign(ctx, o.id, to, o.who.act.By)
}

// override lets out, or leaves online, what the gate refuses.
func (c *control) override(ctx context.Context, o *order) (respond.Case, error) {
	if o.Override == "" {
		return respond.Case{}, &respond.CannotError{Why: "Letting this out needs one of the reasons. Choose one."}
	}
	dec, err := o.decision(), error(nil)
	if !o.Leave {
		dec, err = c.wanted(ctx, o)
	}
	if err != nil {
		return respond.Case{}, err
	}
	dec.Override, dec.Note = o.Override, o.Note
	if o.Leave {
		return c.Cases.Dismiss(ctx, dec)
	}
	return c.Cases.Approve(ctx, dec)
}

func (c *control) confirm(ctx context.Context, o *order) (respond.Case, error) {
	if c.alone() {
		return respond.Case{}, errStopped
	}
	if o.Step < 1 {
		return respond.Case{}, &refusal{http.StatusBadRequest, "name the step of the case that you saw with what is proposed (--step)"}
	}
	it, err := c.Cases.Cases.Get(ctx, o.id)
	if err != nil {
		return it, err
	}
	open, _, err := c.Cases.Proposal(ctx, it)
	if err != nil {
		return it, err
	}
	o.Reply, o.Private = open.ReplyWords, open.PrivateWords // which the check may refuse by now
	return c.Cases.Confirm(ctx, o.id, o.Step, o.who.act.By)
}

func (c *control) dismissAll(w http.ResponseWriter, r *http.Request, who caller) error {
	return c.together(w, r, func(in Decide) []respond.Result {
		all := make([]respond.Decision, len(in.Cases))
		for i, id := range in.Cases {
			all[i] = respond.Decision{Case: id, By: who.act.By}
		}
		return c.Cases.DismissAll(who.ordered(r.Context()), all)
	})
}

func (c *control) undoAll(w http.ResponseWriter, r *http.Request, who caller) error {
	return c.together(w, r, func(in Decide) []respond.Result {
		return c.Cases.UndoAll(who.ordered(r.Context()), in.Cases, who.act.By)
	})
}

// together answers what became of each of several cases.
func (c *control) together(w http.ResponseWriter, r *http.Request, do func(Decide) []respond.Result) error {
	in, err := read[Decide](r)
	if err != nil {
		return err
	}
	out := []Together{}
	for _, one := range do(in) {
		t := Together{Case: one.Case}
		if one.Err != nil {
			var no *refusal
			if t.Why = "it could not be stored: see the log"; errors.As(inWords(one.Err), &no) {
				t.Why = no.say
			} else {
				c.Log.Error("command failed", zap.String("command", r.Pattern), zap.Error(one.Err))
			}
		}
		out = append(out, t)
	}
	answer(w, http.StatusOK, out)
	return nil
}
