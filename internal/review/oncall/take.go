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
	// Heading says what the form is for. Hands: the reader hands over what is hers. Mine
	// says that she is on call, and what is filled in.
	Heading, Mine string
	Hands         bool
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

// offer is the form before anything is typed: from now until the shift ends, for herself,
// unless it is hers already.
func (l *look) offer() takeForm {
	f := takeForm{Heading: l.Say("Take over"), Seen: l.now.UnixNano()}
	on := l.plan.OnCall(l.now)
	isMine := func(s roster.Shift) bool { return s.Person == l.me.Name }
	if !slices.ContainsFunc(on, isMine) {
		first, typed := roster.Shift{}, url.Values{}
		if len(on) > 0 {
			first = on[0]
			typed.Set("rotation", first.Rotation)
		}
		f.offers(l, first, typed)
		return f
	}
	if l.arranges() { // she may give it to somebody else
		i := slices.IndexFunc(l.plan.People, func(p roster.Person) bool { return p.Name != l.me.Name })
		if i < 0 {
			f.Why = l.Say("You are on call, and there is nobody else who could take over.")
			return f
		}
		own := on[slices.IndexFunc(on, isMine)]
		f.offers(l, own, url.Values{"person": {l.plan.People[i].Name}, "rotation": {own.Rotation}})
		f.Heading, f.Hands, f.Mine = l.Say("Hand over, or take over"), true, l.Say("You are on call now. Choose who takes over from you.")
		return f
	}
	others := slices.DeleteFunc(l.plan.Shifts(l.now, l.now.AddDate(0, 0, days)), isMine)
	if len(others) == 0 {
		f.Why = l.Say("You are on call now, and nobody else is in the next %s days: there is nobody to take over from.", l.Number(days))
		return f
	}
	first := slices.MinFunc(others, func(a, b roster.Shift) int { return a.From.Compare(b.From) })
	f.offers(l, first, url.Values{"rotation": {first.Rotation}})
	f.Heading, f.Mine = l.Say("Take over a later shift"), l.Say("You are on call now. What is filled in is the next shift of somebody else.")
	return f
}

// offers fills in a shift, from now if it began before. What has no end, or a far one, is
// offered for half a day.
func (f *takeForm) offers(l *look, s roster.Shift, typed url.Values) {
	from, until := s.From.In(l.now.Location()), s.Until.In(l.now.Location())
	if from.Before(l.now) {
		from = l.now
	}
	if s.Until.IsZero() || until.Sub(from) > longest {
		until = from.Add(12 * time.Hour)
	}
	f.From, f.Until = from.Format(local), until.Format(local)
	f.fill(l, typed)
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
		f := takeForm{Heading: l.Say("Take over"), Seen: l.now.UnixNano(), From: r.PostFormValue("from"), Until: r.PostFormValue("until"), Trouble: trouble}
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
	case l.holds(o):
		return o, l.Say("%s is on call then already. Nothing was changed.", o.Person)
	case until.Sub(from) > longest:
		return o, l.Say("Nobody takes over for longer than %s here: for that the plan itself is changed, in the configuration. Nothing was changed.", l.Span(longest))
	}
	return o, l.overtaken(o, typed.Get("seen"))
}

// holds reports whether all that somebody would take over is hers already.
func (l *look) holds(o roster.Override) bool {
	duties := []string{o.Rotation}
	if o.Rotation == "" && len(l.plan.Rotations) > 0 {
		duties = nil
		for _, r := range l.plan.Rotations {
			duties = append(duties, r.Name)
		}
	}
	for _, name := range duties {
		hers := o.From
		for _, s := range l.plan.Shifts(o.From, o.Until) {
			if s.Rotation == name && s.Person == o.Person && !s.From.After(hers) {
				if hers = s.Until; hers.IsZero() {
					hers = o.Until
				}
			}
		}
		if hers.Before(o.Until) {
			return false
		}
	}
	return true
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
