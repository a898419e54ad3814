package queue

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"triage/internal/respond"
	"triage/internal/respond/board"
	"triage/internal/review/page"
	"triage/internal/review/say"
)

// chosen is a case as it was when somebody chose it in a list.
type chosen struct {
	id   string
	step time.Time
}

// String is how a form names it.
func (c chosen) String() string { return c.id + "@" + strconv.FormatInt(c.step.UnixNano(), 36) }

func readChosen(s string) (c chosen, ok bool) {
	id, step, ok := strings.Cut(s, "@")
	n, err := strconv.ParseInt(step, 36, 64)
	return chosen{id, time.Unix(0, n)}, ok && err == nil
}

// became is what became of several cases, until the list says so: ids, and of those
// left out why, in a sentence of the source.
type became struct {
	Dismissed, Undone []string
	Left              []leftOut
}

type leftOut struct{ ID, Why string }

// sessionTogether is where a session keeps it.
const sessionTogether = "together"

const whyFaster = "It went on a moment ago: open it and look."

// Dismiss dismisses the cases that were chosen in a list, each as it was seen there.
func (p *Pages) Dismiss(w http.ResponseWriter, r *http.Request) error {
	if err := page.Form(r); err != nil {
		return err
	}
	var out became
	var todo []respond.Decision
	for _, s := range r.PostForm["case"] {
		c, ok := readChosen(s)
		if !ok {
			return page.ErrForm
		}
		now, err := p.Desk.Cases.Get(r.Context(), c.id)
		switch {
		case err != nil && !errors.Is(err, respond.ErrNotFound):
			return err
		case err == nil && !now.LastStep().Equal(c.step):
			out.Left = append(out.Left, leftOut{c.id, whyFaster})
			continue
		}
		todo = append(todo, respond.Decision{Case: c.id, Step: now.Step(), By: page.VisitOf(r).User.Name})
	}
	done, err := out.take(p.Desk.DismissAll(r.Context(), todo))
	if err != nil {
		return err
	}
	out.Dismissed = done
	return p.back(w, r, out)
}

// Undo takes back what was dismissed together.
func (p *Pages) Undo(w http.ResponseWriter, r *http.Request) error {
	if err := page.Form(r); err != nil {
		return err
	}
	var out became
	done, err := out.take(p.Desk.UndoAll(r.Context(), r.PostForm["case"], page.VisitOf(r).User.Name))
	if err != nil {
		return err
	}
	out.Undone = done
	return p.back(w, r, out)
}

// take sorts out what was done and what was left out, and why. What failed here is an
// error only where nothing was done.
func (b *became) take(results []respond.Result) (done []string, err error) {
	for _, r := range results {
		var cannot *respond.CannotError
		switch {
		case r.Err == nil:
			done = append(done, r.Case)
		case errors.As(r.Err, &cannot):
			b.Left = append(b.Left, leftOut{r.Case, cannot.Why})
		case errors.Is(r.Err, respond.ErrConflict), errors.Is(r.Err, respond.ErrNotFound):
			b.Left = append(b.Left, leftOut{r.Case, whyFaster})
		default:
			err = r.Err
			b.Left = append(b.Left, leftOut{r.Case, page.ErrInside.Say})
		}
	}
	if len(done) > 0 {
		return done, nil
	}
	return nil, err
}

// back shows the list again, which says what became of them.
func (p *Pages) back(w http.ResponseWriter, r *http.Request, out became) error {
	if len(out.Dismissed)+len(out.Undone)+len(out.Left) > 0 {
		data, err := json.Marshal(out)
		if err != nil {
			return err
		}
		p.Sessions.Put(r.Context(), sessionTogether, string(data))
	}
	f := filter{Page: 1}
	if u, err := r.URL.Parse(r.PostFormValue("back")); err == nil {
		f = readFilter(u.Query(), p.Now().Location())
	}
	http.Redirect(w, r, f.href(f.Page), http.StatusSeeOther)
	return nil
}

// togetherDone is that in the reader's words.
type togetherDone struct {
	Says []string
	// Undo are the cases of which it can be taken back.
	Undo []string
	Left []leftLine
}

type leftLine struct{ ID, What, Why string }

// takeDone is what became of what was just done to several, told once.
func (p *Pages) takeDone(r *http.Request, w *say.Words) *togetherDone {
	var was became
	if json.Unmarshal([]byte(p.Sessions.PopString(r.Context(), sessionTogether)), &was) != nil {
		return nil
	}
	out := &togetherDone{Undo: was.Dismissed}
	if n := len(was.Dismissed); n > 0 {
		out.Says = append(out.Says, w.Count(n, "%d case was dismissed as not sensitive."))
	}
	if n := len(was.Undone); n > 0 {
		out.Says = append(out.Says, w.Count(n, "%d case waits again: the dismissal was taken back."))
	}
	if n := len(was.Left); n > 0 {
		out.Says = append(out.Says, w.Count(n, "%d case was left as it is:"))
	}
	for _, l := range was.Left {
		line := leftLine{ID: l.ID, What: w.Say("Case"), Why: w.Whole(l.Why)}
		if c, found := p.Board.Find(l.ID); found {
			line.What = describe(c, w)
		}
		out.Left = append(out.Left, line)
	}
	return out
}

// describe names a case without a word of it.
func describe(c board.Card, w *say.Words) string {
	return w.Lane(c.Lane) + ", " + w.Platform(c.Platform)
}
