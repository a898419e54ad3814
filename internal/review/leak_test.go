package review

import (
	"context"
	"errors"
	"strings"
	"testing"

	"triage/internal/ingest"
	"triage/internal/respond"
)

// The words and the person of a comment are on a revealed page and nowhere
// else: not in lists, titles, addresses, headers, answers of other routes, or
// the log, whatever is tried.
func TestNothingLeaks(t *testing.T) {
	w := newWorld(t)
	const typedWords, noteWords = "typed-canary", "note-canary"
	for _, lane := range respond.Lanes {
		w.add(t, "c-"+string(lane), lane, canaryText)
	}
	b, vic := w.as(t, "ada"), w.as(t, "vic")
	var seen []answer
	for _, lane := range respond.Lanes {
		path := "/cases/c-" + string(lane)
		seen = append(seen, b.get(path), b.post(path+"/reveal"), b.post(path+"/cover"), b.get(path+"/news?seen=x"),
			b.post(path+"/check", "kind", "reply", "text", safeReply), b.get(path),
			b.post(path+"/dismiss", "step", "99"), b.post(path+"/takedown", "step", "99"), b.post(path+"/handle", "step", "1"), b.post(path+"/undo"))
		b.post(path + "/reveal")
		open := b.get(path)
		refused := b.post(path+"/approve", "step", "1", "reply", typedWords+" "+unsafeWords)
		noted := b.post(path+"/note", "note", noteWords+" "+canaryText) // refused, as it repeats the comment
		seen = append(seen, b.post(path+"/note", "note", noteWords), b.post(path+"/assign", "to", "rita"), b.post(path+"/look", "step", "x", "wording", noteWords),
			vic.get(path), vic.get(path+"/news?seen="+noteWords))
		for _, a := range []answer{open, refused, noted, b.get(path), b.post(path+"/look", "step", "1", "reply", typedWords)} {
			title, _, _ := strings.Cut(a.body, "</title>")
			a.body = title
			seen = append(seen, a)
		}
		b.post(path+"/approve", "step", "1", "reply", typedWords)
	}
	for _, q := range []string{"/", "/?state=going", "/?state=answered", "/?state=dismissed", "/news?since=0", "/?lane=" + canaryText} {
		seen = append(seen, b.get(q))
	}
	seen = append(seen, b.post("/logout"))
	hide(t, w, seen, []string{canaryText, canaryAuthor, canaryTitle, canaryLink, typedWords, noteWords})
}

// hide fails if one of the words is in an answer or in the log.
func hide(t *testing.T, w *world, seen []answer, words []string) {
	t.Helper()
	for i, a := range seen {
		for _, canary := range words {
			if strings.Contains(a.body+a.location, canary) {
				t.Errorf("answer %d shows %q", i, canary)
			}
			for name, values := range a.header {
				if strings.Contains(strings.Join(values, ""), canary) {
					t.Errorf("answer %d: header %s shows %q", i, name, canary)
				}
			}
		}
	}
	for _, canary := range append(words, secret) {
		if strings.Contains(w.log.String(), canary) {
			t.Errorf("the log shows %q", canary)
		}
	}
}

// broken is a store that cannot be reached.
type broken struct{ *shelf }

func (broken) Get(context.Context, string) (respond.Case, error) {
	return respond.Case{}, errors.New("store: no answer")
}

func TestTroubleIsASentenceForPeopleAndACauseForTheLog(t *testing.T) {
	w := newWorld(t)
	w.opts.Desk.Cases = broken{w.cases}
	b := w.as(t, "rita")
	got := b.get("/cases/c1")
	got.see(t, 500, "the fault is ours")
	got.lacks(t, "no answer")
	for _, want := range []string{`"case":"c1"`, `"user":"rita"`, `"error":"store: no answer"`, "GET /cases/{id}"} {
		if !strings.Contains(w.log.String(), want) {
			t.Errorf("the log lacks %s:\n%s", want, w.log)
		}
	}
	b.get("/cases/c1/news").see(t, 500, `{"error":"`)
}

func TestNewRefusesWhatIsNotWhole(t *testing.T) {
	w := newWorld(t)
	for _, change := range []func(*Options){
		func(o *Options) { o.Desk = nil }, func(o *Options) { o.People = nil },
	} {
		o := w.opts
		change(&o)
		if _, err := New(o); err == nil {
			t.Error("New works without desk or people")
		}
	}
	o := w.opts
	o.Log, o.Now, o.Health = nil, nil, nil
	if _, err := New(o); err != nil {
		t.Error(err)
	}
}

var _ ingest.Actor = hand{}
