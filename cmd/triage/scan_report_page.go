package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"triage/internal/classify"
)

// reportData is what the page's template shows.
type reportData struct {
	Made, Version, Period string
	Stopped               bool
	Readable, Unreadable  int
	Unjudged              int
	Flagged               int // clear or possible
	Facts                 []fact
	Files, Levels, Kinds  *table
	Platforms, Langs      *table
	Cost, MonthTable      *table
	Months                *columnChart
	Undated, Misdated     int
	WhyNot                []string
	Look, UnjudgedTime    string
	Worst                 []shownFinding
}

// fact is a number that is told at once.
type fact struct {
	N           int
	What, About string
	Loud        bool
}

// page puts the report together.
func (r *scanReport) page() *reportData {
	a := r.all
	d := &reportData{
		Made: dayWord(r.made), Version: buildVersion(), Period: r.period(), Stopped: r.stopped,
		Readable: a.total - a.errors, Unreadable: a.errors, Unjudged: a.unjudged,
		Flagged: a.level[classify.Clear] + a.level[classify.Possible],
		Facts:   r.facts(), Files: r.fileTable(), Langs: r.langTable(),
		Undated: r.undated, Misdated: r.misdated, WhyNot: r.reasonsNot(),
		Look: spent(r.look), UnjudgedTime: spent(takes(a.unjudged, r.look)), Worst: r.shown(),
	}
	if d.Readable > a.unjudged {
		d.Levels, d.Kinds, d.Cost = r.levelTable(), r.kindTable(), r.costTable()
	}
	if _, unnamed := r.platforms[""]; !unnamed || len(r.platforms) > 1 {
		d.Platforms = r.platformTable()
	}
	if len(r.months) > 0 {
		d.Months, d.MonthTable = r.monthChart(), r.monthTable()
	}
	return d
}

// period says from when to when; empty where there are no dates.
func (r *scanReport) period() string {
	first, last := r.span()
	switch from, to := dayWord(first), dayWord(last); {
	case from == to:
		return from
	default:
		return from + " to " + to
	}
}

func (r *scanReport) span() (first, last time.Time) {
	for _, f := range r.files {
		if first.IsZero() || !f.first.IsZero() && f.first.Before(first) {
			first = f.first
		}
		if f.last.After(last) {
			last = f.last
		}
	}
	return first, last
}

func (r *scanReport) facts() []fact {
	return []fact{
		{r.all.level[classify.Clear], "clear", "tell a medical detail of a specific person", false},
		{r.all.level[classify.Possible], "possible", "hint at somebody's care, without a detail", false},
		{r.all.urgent, "may need help now", "as of when they were written", r.all.urgent > 0},
		{r.all.identifier, "with an identifier", "such as a phone number or a full name", false},
		{r.all.unjudged, "not judged", "for a person to look at", false},
	}
}

// maxFiles bounds the list of files.
const maxFiles = 100

func (r *scanReport) fileTable() *table {
	t := &table{Caption: "Files, by name only", Head: []string{"File", "Comments", "Could not be read", "Not judged", "From", "To"}, Wide: true}
	for i, f := range r.files[:min(len(r.files), maxFiles)] {
		t.row(r.fileName(i), nil, grouped(f.total), grouped(f.errors), grouped(f.unjudged), orDash(dayWord(f.first)), orDash(dayWord(f.last)))
	}
	if more := len(r.files) - maxFiles; more > 0 {
		var rest tally
		for _, f := range r.files[maxFiles:] {
			rest.total, rest.errors, rest.unjudged = rest.total+f.total, rest.errors+f.errors, rest.unjudged+f.unjudged
		}
		t.row(plural(more, "more file"), nil, grouped(rest.total), grouped(rest.errors), grouped(rest.unjudged), "–", "–")
	}
	return t
}

// fileName tells files of the same name apart.
func (r *scanReport) fileName(i int) string {
	name := r.files[i].name
	if slices.ContainsFunc(r.files[:i], func(f fileTally) bool { return f.name == name }) {
		return fmt.Sprintf("%s (file %d)", name, i+1)
	}
	return name
}

func orDash(s string) string { return cmp.Or(s, "–") }

func (r *scanReport) levelTable() *table {
	a, judged := r.all, r.all.total-r.all.errors
	t := &table{Caption: "Comments by what they disclose", Head: []string{"Level", "Comments", "Share"}}
	for _, l := range []struct {
		name, note, class string
		n                 int
	}{
		{"Clear", "a medical detail of a specific person", "clear", a.level[classify.Clear]},
		{"Possible", "care is hinted at, without a detail", "possible", a.level[classify.Possible]},
		{"None", "nothing about anybody's health", "none", a.level[classify.None]},
		{"Not judged", "", "unjudged", a.unjudged},
	} {
		t.row(l.name, parts(judged, part{Class: l.class, N: l.n}), grouped(l.n), percent(l.n, judged)).Note = l.note
	}
	return t
}

func (r *scanReport) kindTable() *table {
	t := &table{Caption: "Kinds of detail", Titled: true, Head: []string{"Kind", "Clear", "Possible"}, Legend: flaggedLegend}
	most := 0
	for _, k := range r.kinds {
		most = max(most, k.level[classify.Clear]+k.level[classify.Possible])
	}
	for _, k := range slices.SortedFunc(maps.Keys(r.kinds), func(a, b classify.Kind) int {
		return cmp.Or(cmp.Compare(kindPlace(a), kindPlace(b)), cmp.Compare(a, b))
	}) {
		c := r.kinds[k]
		t.row(kindWord(k), c.flagged(most), grouped(c.level[classify.Clear]), grouped(c.level[classify.Possible]))
	}
	if t.Rows == nil {
		return nil
	}
	return t
}

// flagged are the bars of clear and possible.
func (c *tally) flagged(most int) []part {
	return parts(most, part{Class: "clear", N: c.level[classify.Clear]}, part{Class: "possible", N: c.level[classify.Possible]})
}

func (r *scanReport) platformTable() *table {
	t := &table{Caption: "Comments by platform", Head: []string{"Platform", "Comments", "Clear", "Possible", "Share of both", "May need help now", "Not judged"}, Legend: flaggedLegend, Wide: true}
	keys := byCount(r.platforms)
	most := 0
	for _, p := range r.platforms {
		most = max(most, p.level[classify.Clear]+p.level[classify.Possible])
	}
	for _, k := range keys {
		p := r.platforms[k]
		clear, possible := p.level[classify.Clear], p.level[classify.Possible]
		t.row(platformWord(k), p.flagged(most), grouped(p.total), grouped(clear), grouped(possible),
			percent(clear+possible, p.total), grouped(p.urgent), grouped(p.unjudged))
	}
	return t
}

func (r *scanReport) langTable() *table {
	if len(r.langs) == 0 {
		return nil
	}
	t := &table{Caption: "Comments by language", Head: []string{"Language", "Comments", "Not judged"},
		Legend: []legend{{"none", "judged"}, {"unjudged", "not judged"}}}
	most := 0
	for _, l := range r.langs {
		most = max(most, l.total)
	}
	for _, k := range byCount(r.langs) {
		l := r.langs[k]
		t.row(langWord(k), parts(most, part{Class: "none", N: l.total - l.unjudged}, part{Class: "unjudged", N: l.unjudged}), grouped(l.total), grouped(l.unjudged))
	}
	return t
}

// byCount are the keys with most comments first.
func byCount(m map[string]*tally) []string {
	return slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		return cmp.Or(cmp.Compare(m[b].total, m[a].total), strings.Compare(a, b))
	})
}

// reasonsNot says how many comments were not judged, and why.
func (r *scanReport) reasonsNot() []string {
	var out []string
	rest := r.all.unjudged
	for _, w := range whyNotWords {
		if n := r.whyNot[w.why]; n > 0 {
			rest -= n
			out = append(out, plural(n, "comment")+": "+w.words)
		}
	}
	if rest > 0 {
		out = append(out, plural(rest, "comment")+": for another reason")
	}
	return out
}

// shownFinding is one of the most serious comments, in words.
type shownFinding struct {
	Title, Place, Masked, Words string
	Urgent                      bool
	Why                         []string
}

func (r *scanReport) shown() []shownFinding {
	var out []shownFinding
	for _, f := range r.worst {
		s := shownFinding{Title: f.title(), Masked: f.masked, Words: plural(f.words, "word"), Urgent: f.urgent, Why: f.why}
		if f.cut {
			s.Words = "the beginning of " + s.Words
		}
		place := []string{fmt.Sprintf("%s, line %d", r.fileName(f.input), f.line)}
		if f.id != "" {
			place = append(place, "id "+f.id)
		}
		if f.platform != "" && f.platform != unclear {
			place = append(place, platformWord(f.platform))
		}
		if !f.date.IsZero() {
			place = append(place, dayWord(f.date))
		}
		s.Place = strings.Join(place, " · ")
		out = append(out, s)
	}
	return out
}

// title says what makes a comment serious.
func (f finding) title() string {
	title := map[classify.Level]string{classify.Clear: "Clear", classify.Possible: "Possible", classify.None: "No disclosure"}[f.level]
	if f.urgent {
		title = "May need help now, " + strings.ToLower(title)
	}
	if f.identifier {
		title += ", with an identifier"
	}
	return title
}
