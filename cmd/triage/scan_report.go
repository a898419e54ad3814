package main

import (
	"bufio"
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"sync"
	"time"

	"triage/internal/classify"
)

// scanReport is the page that scan --format html writes at the end. It keeps
// counts, the scores' distribution and the most serious comments, masked: as
// much for millions of comments as for ten.
type scanReport struct {
	w    *bufio.Writer
	look time.Duration
	made time.Time

	mu      sync.Mutex // an interrupted scan ends while it is being written
	ended   bool
	stopped bool

	all    tally
	files  []fileTally
	months map[int]*tally // by monthOf
	// undated counts those with no date, misdated with one that cannot be read.
	undated, misdated int
	platforms         map[string]*tally
	langs             map[string]*tally
	whyNot            map[string]int
	kinds             map[classify.Kind]*tally
	scores            scores
	worst             worst
}

// fileTally is what one of the files held.
type fileTally struct {
	name string
	tally
	first, last time.Time
}

// maxPlatforms bounds how many platforms are told apart.
const maxPlatforms = 24

// others stands for the platforms above that.
const others = "*"

func newScanReport(w *bufio.Writer, look time.Duration, files []string) (*scanReport, error) {
	if look < time.Second || look > time.Hour {
		return nil, fmt.Errorf("%w: --look %s: want from 1s to 1h for one comment", errUsage, look)
	}
	r := &scanReport{w: w, look: look, made: time.Now(), months: map[int]*tally{}, platforms: map[string]*tally{},
		langs: map[string]*tally{}, whyNot: map[string]int{}, kinds: map[classify.Kind]*tally{}}
	for _, f := range files {
		r.files = append(r.files, fileTally{name: printable(strings.ToValidUTF8(name(f), "?"))})
	}
	return r, nil
}

// write counts one comment.
func (r *scanReport) write(rec entry, j *classify.Judgement) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return nil
	}
	file := &r.files[rec.input]
	r.all.add(rec.Err, j)
	file.add(rec.Err, j)
	if rec.Err != nil {
		return nil
	}
	r.origin(file, rec, j)
	under(r.langs, j.Lang, j)
	if !j.Judged {
		r.whyNot[j.WhyNot]++
		return nil
	}
	for _, k := range j.Kinds {
		under(r.kinds, k, j)
	}
	r.scores.add(j.Score)
	r.worst.add(rec, j)
	return nil
}

// origin counts where and when it was written.
func (r *scanReport) origin(file *fileTally, rec entry, j *classify.Judgement) {
	p := rec.platform
	if _, known := r.platforms[p]; !known && len(r.platforms) >= maxPlatforms {
		p = others
	}
	under(r.platforms, p, j)
	switch {
	case rec.undated:
		r.misdated++
	case rec.date.IsZero():
		r.undated++
	default:
		under(r.months, monthOf(rec.date), j)
		if file.first.IsZero() || rec.date.Before(file.first) {
			file.first = rec.date
		}
		if rec.date.After(file.last) {
			file.last = rec.date
		}
	}
}

// monthOf numbers months from the year 0 on.
func monthOf(t time.Time) int { return t.Year()*12 + int(t.Month()) - 1 }

// under counts a judgement under a key.
func under[K comparable](m map[K]*tally, key K, j *classify.Judgement) {
	if m[key] == nil {
		m[key] = &tally{}
	}
	m[key].add(nil, j)
}

//go:embed scan_report.html
var reportHTML string

//go:embed scan_report.css
var reportCSS string

var reportPage = template.Must(template.New("report").Funcs(template.FuncMap{
	"n": grouped, "count": plural, "next": func(i int) int { return i + 1 }, "sentence": sentence,
	"css": func() template.CSS { return template.CSS(reportCSS) }, // ours alone
}).Parse(reportHTML))

// end writes the page.
func (r *scanReport) end(stopped error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended, r.stopped = true, stopped != nil
	if err := reportPage.Execute(r.w, r.page()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return r.w.Flush()
}
