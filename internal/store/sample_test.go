package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
)

func (p *practice) lots(from, to int) []respond.Lot {
	var out []respond.Lot
	for i := from; i < to; i++ {
		id := p.names.ID("facebook", "main", fmt.Sprint("item", i))
		out = append(out, respond.Lot{ID: id, Draw: p.names.Version("lot " + id)})
	}
	return out
}

// However the week comes in, and whatever restarts there are, those with the
// lowest draws are picked.
func TestSampleIsTheSameAfterARestart(t *testing.T) {
	dir := t.TempDir()
	p := open(t, dir)
	at := p.now()
	all := p.lots(0, 1000)
	want := slices.Clone(all)
	slices.SortFunc(want, func(a, b respond.Lot) int { return strings.Compare(a.Draw, b.Draw) })
	for i := 0; i < 1000; i += 125 {
		must(t, p.Samples.Tally(t.Context(), respond.Tally{At: at, Unflagged: all[i : i+125], Flagged: 10, Most: 20 + i}))
		if i%250 == 0 {
			p.stop(t)
			p = open(t, dir)
		}
	}
	must(t, p.Samples.Tally(t.Context(), respond.Tally{At: at.AddDate(0, 0, 7), Unflagged: p.lots(1000, 1100), Most: 20}))
	got, err := p.Samples.bucket.Get(t.Context(), monday(at))
	must(t, err)
	if w := got.Value; w.Flagged != 80 || w.Unflagged != 1000 || w.Most != 20 || !slices.Equal(w.Picked, want[:20]) {
		t.Errorf("the week is %+v", w)
	}
	must(t, p.Samples.Tally(t.Context(), respond.Tally{At: at, Unflagged: all[:125], Most: 20})) // a batch that comes twice
	if again, _ := p.Samples.bucket.Peek(monday(at)); !slices.Equal(again.Value.Picked, want[:20]) {
		t.Errorf("a repeated batch changed the sample: %+v", again.Value.Picked)
	}
	if !p.Samples.picked(want[19].ID) || p.Samples.picked(want[20].ID) {
		t.Error("it is not known who is picked")
	}
}

// Every comment is as likely to be picked, early in the week or late.
func TestSampleIsUniform(t *testing.T) {
	const weeks, most, parts, size = 1000, 20, 10, 30
	p := &practice{names: ingest.NewNamer([]byte("names"))}
	var drawn [parts]float64
	for i := range weeks {
		w := week{Most: most}
		lots := p.lots(i*parts*size, (i+1)*parts*size)
		for part := range slices.Chunk(lots, size) {
			w.add(respond.Tally{Unflagged: part})
		}
		for _, l := range w.Picked {
			drawn[slices.Index(lots, l)/size]++
		}
	}
	chi, each := 0.0, float64(weeks*most/parts)
	for _, n := range drawn {
		chi += (n - each) * (n - each) / each
	}
	if chi > 21.67 { // the 99th percentile with 9 degrees of freedom
		t.Errorf("picked by tenths of the week: %v, chi-square %.1f", drawn, chi)
	}
}

func TestWeeksBeginOnMonday(t *testing.T) {
	for at, want := range map[string]string{
		"2026-02-09T00:00:00Z": "2026-02-09", "2026-02-15T23:59:59Z": "2026-02-09", "2026-02-16T00:00:00Z": "2026-02-16",
		"2026-02-16T01:00:00+02:00": "2026-02-09", "2026-01-01T12:00:00Z": "2025-12-29",
	} {
		when, err := time.Parse(time.RFC3339, at)
		must(t, err)
		if got := monday(when); got != want {
			t.Errorf("%s is of the week of %s, want %s", at, got, want)
		}
	}
}

// sampling lets the desk count and draw.
func (p *practice) sampling(most int) {
	p.desk.Tally, p.desk.Newest = p.Samples.Tally, p.Comments.Newest
	p.desk.Rules = func() respond.Rules { return respond.Rules{Sample: most} }
}

// takes reads n unflagged comments and lets the desk take them.
func (p *practice) takes(t *testing.T, from, n int) []ingest.Comment {
	t.Helper()
	var in []ingest.Comment
	for i := range n {
		in = append(in, says(from+i, fmt.Sprint("lovely garden ", from+i)))
	}
	read := p.read(t, in...)
	p.judge(t, read...)
	var verdicts []classify.Verdict
	for _, c := range read {
		verdicts = append(verdicts, classify.Verdict{Comment: c, Judgement: classify.Judgement{Judged: true, Lang: "en"}, Model: "m-1", At: p.now()})
	}
	must(t, p.desk.Take(t.Context(), verdicts))
	return read
}

// sample are the ids of the sample's cases.
func (p *practice) sample() (ids []string) {
	for c := range p.Cases.All() {
		if c.Lane == respond.LaneSample {
			ids = append(ids, c.ID())
		}
	}
	return ids
}

// What may be in the sample keeps its words until it is drawn and looked at; the
// rest goes when its time is over.
func TestSampleKeepsItsWords(t *testing.T) {
	p := open(t, t.TempDir())
	p.sampling(3)
	for now := p.now().UTC(); now.Weekday() != time.Monday || now.Hour() >= 6; now = p.now().UTC() {
		p.clock.pass(6 * time.Hour) // until a whole week lies before us
	}
	short := Retention{Unflagged: time.Hour, Decided: 30 * day}
	kept := func() (n int) {
		ids, err := p.Kept(t.Context(), p.now())
		must(t, err)
		return len(ids)
	}
	retain := func() {
		t.Helper()
		must(t, p.Draw(t.Context(), p.desk))
		_, err := p.Retain(t.Context(), p.desk, short)
		must(t, err)
	}
	for i := range 4 {
		p.takes(t, 10*i, 10)
		p.clock.pass(day)
		retain()
		if kept() != 3 || len(p.sample()) != 0 {
			t.Fatalf("day %d: %d texts are kept, %d cases are open; want 3 and none", i, kept(), len(p.sample()))
		}
	}
	p.clock.pass(4 * day)
	for range 2 {
		retain()
		if kept() != 3 || len(p.sample()) != 3 {
			t.Fatalf("drawn: %d texts, %d cases", kept(), len(p.sample()))
		}
	}
	p.takes(t, 100, 2) // the next week goes on
	ids := p.sample()
	for _, id := range ids[:2] {
		if _, err := p.desk.Label(t.Context(), id, respond.Label{}, respond.Entry{By: "dana"}); err != nil {
			t.Fatal(err)
		}
	}
	p.desk.Rules = func() respond.Rules { return respond.Rules{} } // switched off
	p.clock.pass(29 * day)
	retain()
	if kept() != 3 || len(p.sample()) != 3 {
		t.Fatalf("a day early: %d texts, %d cases", kept(), len(p.sample()))
	}
	p.clock.pass(day)
	retain()
	if kept() != 0 {
		t.Errorf("%d texts are kept for ever", kept())
	}
	c, err := p.Cases.Get(t.Context(), ids[2])
	if err != nil || c.Open() || c.Label != nil || c.Erased != respond.WhyRetention {
		t.Errorf("nobody looked at it: %+v, %v", c, err)
	}
	p.takes(t, 200, 5)
	if len(p.sample()) != 3 || len(p.Samples.bucket.All()) != 2 {
		t.Error("it is sampled although that is switched off")
	}
}

func (p *practice) exported(t *testing.T, since time.Time) (lines []Labelled, text string) {
	t.Helper()
	var b bytes.Buffer
	must(t, p.ExportLabels(t.Context(), &b, since))
	for line := range bytes.Lines(b.Bytes()) {
		var l Labelled
		must(t, json.Unmarshal(line, &l))
		lines = append(lines, l)
	}
	return lines, b.String()
}

func TestExportedLabels(t *testing.T) {
	p := open(t, t.TempDir())
	p.sampling(4)
	clear := classify.Judgement{Judged: true, Level: classify.Clear, Score: 0.9, Subject: classify.Family, Kinds: []classify.Kind{classify.Condition}, Lang: "es"}
	read := p.read(t, says(1, "agreed"), says(2, "dismissed"), says(3, "not clear"), says(4, "open"), says(5, "erased"), says(6, "not judged"))
	for i, c := range read {
		one := respond.Case{Comment: c, Judgement: clear, Model: "m-1", Lane: respond.LaneClear, Opened: p.now()}
		if i == 5 {
			one.Judgement = classify.Judgement{WhyNot: classify.NotLanguage, Lang: "de"}
		}
		happens(&one, p.now(), "opened")
		must(t, p.Cases.Create(t.Context(), []respond.Case{one}))
	}
	must(t, p.Samples.Tally(t.Context(), respond.Tally{At: p.now(), Flagged: 10, Most: 4})) // five more are nobody's yet
	p.change(t, read[0].ID, func(c *respond.Case) { c.Label = &respond.Label{Level: classify.Clear, By: "dana"} })
	for _, i := range []int{1, 4, 5} {
		_, err := p.desk.Dismiss(t.Context(), respond.Decision{Case: read[i].ID, By: "dana"})
		must(t, err)
	}
	_, err := p.desk.Label(t.Context(), read[2].ID, respond.Label{Level: classify.Possible, Identifier: true}, respond.Entry{By: "dana"})
	must(t, err)
	p.erase(t, read[4].ID)
	p.takes(t, 50, 100)

	lines, _ := p.exported(t, time.Time{})
	if len(lines) != 4 || slices.ContainsFunc(lines, func(l Labelled) bool { return l.Weight != 0 }) {
		t.Fatalf("before the week is over: %+v", lines)
	}
	before := p.now()
	p.clock.pass(7 * day)
	must(t, p.Draw(t.Context(), p.desk))
	for _, id := range p.sample()[:2] {
		_, err := p.desk.Label(t.Context(), id, respond.Label{}, respond.Entry{By: "dana"})
		must(t, err)
	}
	lines, text := p.exported(t, before)
	byText := map[string]Labelled{}
	for _, l := range lines {
		byText[l.Text] = l
	}
	if len(lines) != 6 || strings.Contains(text, "erased") || strings.Contains(text, `"open"`) || strings.Contains(text, "dana") {
		t.Fatalf("exported %s", text)
	}
	week := monday(before)
	verdict := SaidByModel{Level: classify.Clear, Score: 0.9, Judged: true, Model: "m-1"}
	// Ten were flagged, of which three judged ones are labelled; a hundred were
	// not, of which two are.
	for _, want := range []Labelled{
		{Text: "agreed", D: 2, S: classify.Family, C: []classify.Kind{classify.Condition}, Lang: "es", Weight: 10.0 / 3, Verdict: verdict},
		{Text: "dismissed", S: classify.Nobody, C: []classify.Kind{}, Lang: "es", Weight: 10.0 / 3, Verdict: verdict},
		{Text: "not clear", D: 1, P: 1, Lang: "es", Said: true, Weight: 10.0 / 3, Verdict: verdict},
		{Text: "not judged", S: classify.Nobody, C: []classify.Kind{}, Lang: "de", Verdict: SaidByModel{Model: "m-1"}},
	} {
		want.From, want.Week = FromDecision, week
		got := byText[want.Text]
		want.ID = got.ID
		if fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) {
			t.Errorf("exported %+v\nwant     %+v", got, want)
		}
		delete(byText, want.Text)
	}
	for l := range maps.Values(byText) {
		if l.From != FromSample || l.Weight != 50 || l.Week != week || !l.Said || l.D != 0 || !l.Verdict.Judged {
			t.Errorf("of the sample: %+v", l)
		}
	}
	if later, _ := p.exported(t, p.now()); len(later) != 0 {
		t.Errorf("of the next week: %+v", later)
	}
}
