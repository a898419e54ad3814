package say

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/gate"
	"triage/internal/respond/may"
)

// left are words that no Spanish sentence has. What stands between asterisks or
// straight quotation marks is somebody's own, or a word of the configuration.
var (
	left = regexp.MustCompile(`(?i)\b(the|and|this|that|with|was|were|which|there|not|of|to|for|from|its?|is|are|by|your?|we|our|they|their|please|what|who|how|when|then|nothing|somebody|anybody)\b`)
	own  = regexp.MustCompile(`(?s)\*.*\*|"[^"]*"`)
)

// spoken fails unless a finished sentence is wholly in Spanish, however it is dressed.
func spoken(t *testing.T, where, english string) {
	t.Helper()
	for _, s := range []string{english, Sentence(Capital(english), "")} {
		got, found := In(Spanish).whole(s, deepest)
		if word := left.FindString(own.ReplaceAllString(got, "")); !found || word != "" {
			t.Errorf("%s: in es/stages.toml is nothing, or not for all of it (%q):\n\t%q\n\t%q", where, word, s, got)
		}
	}
}

// Every sentence that stands in the source of a stage is there.
func TestWhatTheStagesSayIsSpanish(t *testing.T) {
	sentences := stageSentences(t)
	if len(sentences) < 250 {
		t.Fatalf("found %d sentences only: the source is read wrong", len(sentences))
	}
	for _, s := range sentences {
		if !notSaid[s.text] {
			spoken(t, s.where, madeOf(s.text))
		}
	}
	for said := range notSaid {
		if !slices.ContainsFunc(sentences, func(s sentence) bool { return s.text == said }) {
			t.Errorf("nothing says %q any more", said)
		}
	}
}

// madeOf puts something into a sentence, as a stage does.
func madeOf(s string) string {
	n := 0
	return percent.Replace(verb.ReplaceAllStringFunc(s, func(v string) string {
		switch n++; v[len(v)-1] {
		case 'd', 'g':
			return fmt.Sprint(n + 2)
		case 'q':
			return fmt.Sprintf("%q", "nothing")
		case 'v':
			return (48 * time.Hour).String()
		}
		return fmt.Sprintf("Q%dx", n)
	}))
}

// What is made by a pattern is not taken for another, and nothing is there in vain.
func TestEveryPatternFindsItsOwn(t *testing.T) {
	w, sentences := In(Spanish), stageSentences(t)
	for _, p := range w.finished.made {
		made := madeOf(p.english)
		if got, want := w.Whole(made), p.dress(w.fill(p.text, p.holes(made, undress(made)), 1), made); got != want {
			t.Errorf("%q is taken for another:\n\t%q\n\t%q", made, got, want)
		}
	}
	for key, p := range w.phrases {
		if p.stage && !composed.MatchString(key) && !slices.ContainsFunc(sentences, func(s sentence) bool { return s.text == key }) {
			t.Errorf("es/stages.toml: no stage says %q", key)
		}
	}
}

// composed are sentences that the source has in more than one piece: the tests below
// make them.
var composed = regexp.MustCompile(`^%s, of |^it could not be sent: see the log$|^comments are not being checked: %s$|^from \w+ %s on$|^our own words break the rule |^This was done already|^the platform could not be reached|^context |` +
	`^(Page|account|hiding|take-down|private message|public reply|the platform|uses a medical term|the platform did not answer in time|the connection broke before the answer was complete)$`)

func TestTheGateSpeaksSpanish(t *testing.T) {
	g, err := gate.New(gate.Options{Own: nil})
	if err != nil {
		t.Fatal(err)
	}
	a, err := txtar.ParseFile("../../respond/gate/testdata/gate.txtar")
	if err != nil {
		t.Fatal(err)
	}
	rules := map[string]bool{}
	for _, f := range a.Files {
		for line := range strings.Lines(string(f.Data)) {
			_, text, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
			reply, comment, _ := strings.Cut(text, " <- ")
			for _, p := range g.Check(gate.Outgoing{Text: reply, Comment: comment}) {
				rules[p.Rule] = true
				spoken(t, p.Rule, p.Why)
				if at := "*" + strings.TrimSpace(reply[p.Start:p.End]) + "*"; strings.Contains(p.Why, at) && !strings.Contains(In(Spanish).Whole(p.Why), at) {
					t.Errorf("%s: the words are lost: %q", p.Rule, In(Spanish).Whole(p.Why))
				}
				spoken(t, p.Rule, "our own words break the rule “"+p.Rule+"”")
				if strings.Contains(In(Spanish).Whole("our own words break the rule “"+p.Rule+"”"), p.Rule+"”") {
					t.Errorf("the rule %q is called by its English name", p.Rule)
				}
			}
		}
	}
	for _, topic := range gate.Topics {
		if !rules[topic] {
			t.Errorf("no reply of the fixtures breaks the rule %s: what it says is not tested", topic)
		}
	}
}

// more are invented comments of the kinds that the clauses have none of.
const more = `{"text": "My biopsy came back positive and my A1C was 9.2 last week."}
{"text": "I relapsed on heroin in May and you put me on methadone for my addiction."}
`

func TestTheClassifierSpeaksSpanish(t *testing.T) {
	c, err := classify.New(classify.Options{})
	if err != nil {
		t.Fatal(err)
	}
	clauses, err := os.ReadFile("../../classify/testdata/clauses.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	for line := range strings.Lines(string(clauses) + more) {
		var in struct{ Text string }
		var out classify.Judgement
		if err := json.Unmarshal([]byte(line), &in); err != nil {
			t.Fatal(err)
		}
		c.Classify(ingest.Comment{Content: ingest.Content{Text: in.Text}}, &out)
		for _, r := range out.Reasons {
			kinds[r.Kind] = true
			spoken(t, r.Kind, r.Why)
		}
	}
	if want := len(classify.Kinds) + 2; len(kinds) < want { // and urgent, identifier
		t.Errorf("%d kinds of reasons only: %v, want %d", len(kinds), kinds, want)
	}
	for _, s := range stageSentences(t) { // whose reason it is comes behind
		if strings.Contains(s.where, "classify/reason.go") && !strings.HasPrefix(s.text, ", ") {
			for _, whose := range []string{"oneself", "a relative", "another person"} {
				spoken(t, s.where, s.text+", of "+whose)
			}
		}
	}
}

func TestWhatMayBeDoneIsSaidInSpanish(t *testing.T) {
	now := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	said := map[string]bool{}
	for n := range 1 << 15 {
		for _, a := range may.About(facts(n, now)) {
			if a.Why != "" && !said[a.Why] {
				said[a.Why] = true
				spoken(t, a.Code, a.Why)
				if a.Code == may.CodeClosed {
					spoken(t, a.Code, a.Why+" Untick it and approve the rest.")
				}
			}
		}
	}
	if len(said) < 35 {
		t.Errorf("%d sentences only", len(said))
	}
	for _, words := range []map[string]string{respond.HideReasons(), respond.Overrides()} {
		for code, s := range words {
			spoken(t, code, s)
		}
	}
}

func TestTroubleWithTheNetworkIsSaidInSpanish(t *testing.T) {
	lookup, trust := fmt.Errorf("%w: its name could not be looked up", ingest.ErrUnreachable), fmt.Errorf("%w: its certificate is not trusted", ingest.ErrUnreachable)
	for _, err := range []error{ingest.ErrUnreachable, ingest.ErrSlow, ingest.ErrCutShort, ingest.ErrTooLarge, context.Canceled, context.DeadlineExceeded, lookup, trust} {
		spoken(t, "internal/ingest/http.go", ingest.Exchange{Err: err}.ReadError(time.Now()).Why)
	}
	for _, status := range []int{302, 401, 404, 429, 500} {
		spoken(t, "internal/ingest/http.go", ingest.Exchange{Status: status}.ReadError(time.Now()).Why)
	}
}

// facts are one combination of what decides what may be done: each bit is one thing.
func facts(n int, now time.Time) may.Facts {
	bit := func(i int) bool { return n&(1<<i) != 0 }
	at := func(i, hours int) time.Time {
		if !bit(i) {
			return time.Time{}
		}
		return now.Add(time.Duration(hours) * time.Hour)
	}
	f := may.Facts{Now: now, Window: time.Minute, Cap: 50, Erased: bit(0) && bit(1), Answered: bit(2), Edited: bit(3), Unjudged: bit(4), Urgent: bit(5),
		Shadow: bit(6), Sampled: bit(7) && bit(8), Waits: may.Waits{Paused: at(9, 3), Full: at(10, 20+24*(n%7)), Crowded: at(11, 2), Quiet: at(12, 9)},
		Comment: ingest.Comment{Own: bit(0) && bit(7), Hidden: bit(8), NoReply: bit(13), CanHide: !bit(1)}}
	f.Comment.PrivateUntil = now.Add(166 * time.Hour)
	switch n % 5 {
	case 1:
		f.Comment.PrivateUntil = time.Time{}
	case 2:
		f.Comment.PrivateUntil = now.Add(-time.Hour)
	case 3:
		f.Done = []ingest.ActionKind{ingest.Reply, ingest.Private, ingest.Hide, ingest.TakeDown}
	}
	if !bit(14) {
		f.Can = ingest.Capabilities{Name: "Facebook", Actions: []ingest.ActionKind{ingest.Reply, ingest.Private, ingest.Hide, ingest.TakeDown}}
	}
	return f
}
