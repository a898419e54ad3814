package oncall

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"triage/internal/alert/roster"
	"triage/internal/audit"
	"triage/internal/review/page"
)

// takeForm is what is asked of who takes over.
type takeForm struct {
	// May: the reader may fill it in; Why says why not.
	May bool
	Why string
	// People are whom she may name; one alone is herself.
	People    []choice
	Rotations []choice
	// From and Until are as a datetime-local field has them.
	From, Until string
	// Seen is when the form was made.
	Seen int64
	// Trouble is what is wrong with what was typed.
	Trouble string
}

// choice is one of a list.
type choice struct {
	Value, Label string
	On           bool
}

// local is how a datetime-local field writes a time.
const local = "2006-01-02T15:04"

// longest is for how long somebody can take over; what lasts longer is the plan's.
const longest = 60 * 24 * time.Hour

// offer is the form before anything is typed: herself, the first duty, from now until it
// is handed over.
func (l *look) offer() takeForm {
	f := takeForm{Seen: l.now.UnixNano(), From: l.now.Format(local), Until: l.now.Add(12 * time.Hour).Format(local)}
	f.fill(l, url.Values{})
	for _, s := range l.plan.OnCall(l.now) {
		if !s.Until.IsZero() && s.Until.Sub(l.now) <= longest {
			f.Until = s.Until.In(l.now.Location()).Format(local)
			break
		}
	}
	return f
}

// fill sets what there is to choose, and what is chosen.
func (f *takeForm) fill(l *look, typed url.Values) {
	switch {
	case len(l.plan.People) == 0:
		f.Why = l.Say("There is nobody to choose: the configuration names nobody.")
		return
	case !l.arranges() && !l.listed(l.me.Name):
		f.Why = l.Say("You cannot be called: the configuration does not say how you are reached. Whoever looks after triage can add you.")
		return
	}
	f.May = true
	for _, p := range l.plan.People {
		if mine := p.Name == l.me.Name; mine || l.arranges() {
			f.People = append(f.People, choice{Value: p.Name, Label: p.Name, On: typed.Get("person") == p.Name || !typed.Has("person") && mine})
		}
	}
	for _, r := range l.plan.Rotations {
		f.Rotations = append(f.Rotations, choice{Value: r.Name, Label: r.Name, On: typed.Get("rotation") == r.Name})
	}
	if len(f.Rotations) > 1 {
		f.Rotations = append(f.Rotations, choice{Label: l.Say("all of them"), On: typed.Has("rotation") && typed.Get("rotation") == ""})
	}
}

var errOthers = &page.Refusal{Status: http.StatusForbidden, Title: "Not yours to do",
	Say: "You can take over yourself, if the configuration says how you are reached. For somebody else a privacy officer or an admin does it. Nothing was changed."}

// TakeOver puts somebody in the place of whoever would be on call.
func (p *Pages) TakeOver(w http.ResponseWriter, r *http.Request) error {
	if err := page.Form(r); err != nil {
		return err
	}
	if p.Calls == nil {
		return page.ErrNowhere
	}
	p.turn.Lock()
	defer p.turn.Unlock()
	l := p.look(page.VisitOf(r))
	if person := r.PostFormValue("person"); person != "" && !l.arranges() && (person != l.me.Name || !l.listed(person)) {
		return errOthers
	}
	o, trouble := l.read(r.PostForm)
	if trouble != "" {
		f := takeForm{Seen: l.now.UnixNano(), From: r.PostFormValue("from"), Until: r.PostFormValue("until"), Trouble: trouble}
		f.fill(l, r.PostForm)
		return p.render(w, r, http.StatusUnprocessableEntity, onCallPage{Take: f})
	}
	err := p.Recorded(r, audit.Act{Do: "duty-taken", On: o.Person, Note: note(o)}, func(ctx context.Context) error { return p.Calls.Overrides.Put(ctx, o) })
	if err == nil {
		http.Redirect(w, r, here+"?done=taken#plan", http.StatusSeeOther)
	}
	return err
}

// read is the override that the form means; trouble says in the reader's words why it
// means none.
func (l *look) read(typed url.Values) (o roster.Override, trouble string) {
	from, err := l.time(typed.Get("from"))
	until, err2 := l.time(typed.Get("until"))
	if from.Before(l.now) {
		from = l.now // what was, was
	}
	o = roster.Override{ID: strings.ToLower(rand.Text()), Rotation: typed.Get("rotation"), Person: typed.Get("person"), From: from, Until: until, By: l.me.Name, At: l.now}
	switch {
	case o.Person == "" || !l.listed(o.Person):
		return o, l.Say("Choose who takes over. Nothing was changed.")
	case o.Rotation != "" && !slices.ContainsFunc(l.plan.Rotations, func(r roster.Rotation) bool { return r.Name == o.Rotation }):
		return o, l.Say("There is no such duty. Choose one of the list. Nothing was changed.")
	case errors.Join(err, err2) != nil:
		return o, l.Say("Write from when and until when, such as %s. Nothing was changed.", l.now.Format("2006-01-02 15:04"))
	case !until.After(from):
		return o, l.Say("The end must come after the beginning, and after now. Nothing was changed.")
	case until.Sub(from) > longest:
		return o, l.Say("Nobody takes over for longer than %s here: for that the plan itself is changed, in the configuration. Nothing was changed.", l.Span(longest))
	}
	return o, l.overtaken(o, typed.Get("seen"))
}

// time reads a time as a field has it, by the practice's clock.
func (l *look) time(typed string) (time.Time, error) {
	typed = strings.Replace(typed, "T", " ", 1)
	return roster.ParseStart(typed[:min(len(typed), len(local))], l.now.Location())
}

// overtaken says that somebody else took over since the form was made; empty: nobody did.
func (l *look) overtaken(o roster.Override, seen string) string {
	made, err := strconv.ParseInt(seen, 10, 64)
	if err != nil {
		return ""
	}
	for _, other := range l.plan.Overrides {
		same := other.Rotation == o.Rotation || other.Rotation == "" || o.Rotation == ""
		if same && other.By != o.By && other.At.UnixNano() > made && other.From.Before(o.Until) && o.From.Before(other.Until) {
			return l.Say("Somebody was faster: %s Nothing was changed. If it should be otherwise all the same, press the button again.", l.says(other))
		}
	}
	return ""
}

// note is an override for the audit: codes and times.
func note(o roster.Override) string {
	rotation := o.Rotation
	if rotation == "" {
		rotation = "all"
	}
	return rotation + " " + o.From.UTC().Format(time.RFC3339) + " " + o.Until.UTC().Format(time.RFC3339)
}

// GiveBack takes an override back.
func (p *Pages) GiveBack(w http.ResponseWriter, r *http.Request) error {
	if err := page.Form(r); err != nil {
		return err
	}
	if p.Calls == nil {
		return page.ErrNowhere
	}
	l := p.look(page.VisitOf(r))
	o, ok := l.override(r.PostFormValue("id"))
	switch {
	case !ok || !o.Until.After(l.now):
		return p.render(w, r, http.StatusConflict, onCallPage{Take: l.offer(), Notice: l.Say("It is over, or somebody gave it back already. Nothing was changed.")})
	case !l.mayRemove(o):
		return errOthers
	}
	err := p.Recorded(r, audit.Act{Do: "duty-given-back", On: o.Person, Note: note(o)}, func(ctx context.Context) error { return p.Calls.Overrides.Delete(ctx, o.ID) })
	if err == nil {
		http.Redirect(w, r, here+"?done=removed#plan", http.StatusSeeOther)
	}
	return err
}
