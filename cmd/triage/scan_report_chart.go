package main

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"triage/internal/classify"
)

// table is a table whose rows may have a bar, which only repeats what their
// numbers say.
type table struct {
	Caption string
	Head    []string
	Rows    []*chartRow
	Legend  []legend
	// Wide tables become cards on a narrow screen.
	Wide bool
	// Titled tables show their caption; the others stand below a heading.
	Titled bool
}

type chartRow struct {
	Name, Note string
	Bar        []part
	Cells      []string
}

// part is a piece of a bar; X and W are in percent of the whole.
type part struct {
	Class string
	N     int
	X, W  float64
}

type legend struct{ Class, Words string }

var flaggedLegend = []legend{{"clear", "clear"}, {"possible", "possible"}}

func (t *table) row(name string, bar []part, cells ...string) *chartRow {
	t.Rows = append(t.Rows, &chartRow{Name: name, Bar: bar, Cells: cells})
	return t.Rows[len(t.Rows)-1]
}

// parts sets pieces side by side; whole is the full width. What is not nothing
// can be seen.
func parts(whole int, ps ...part) []part {
	x := 0.0
	out := []part{}
	for _, p := range ps {
		if p.N == 0 || whole == 0 {
			continue
		}
		p.X, p.W = x, max(0.5, tidy(100*float64(p.N)/float64(whole)))
		x += p.W
		out = append(out, p)
	}
	return out
}

func tidy(x float64) float64 { return math.Round(x*100) / 100 }

// catches are the shares of clear comments that the costs are told for.
var catches = []int{90, 95, 98, 99}

func (r *scanReport) costTable() *table {
	t := &table{Caption: "What finding clear comments would have cost", Wide: true,
		Head: []string{"To find", "Score from", "Comments to look at", "Clear ones, about", "Missed, about", "Staff time"}}
	days := r.days()
	if days > 0 {
		t.Head = append(t.Head, "A month")
	}
	judged := r.all.total - r.all.errors - r.all.unjudged
	add := func(name string, c cost) {
		found, all := int(math.Round(c.clear)), int(math.Round(c.all))
		time := takes(c.look, r.look)
		row := t.row(name, parts(judged, part{Class: "clear", N: c.look}), fmt.Sprintf("%.4g", c.from), grouped(c.look),
			fmt.Sprintf("%s of %s", grouped(found), grouped(all)), grouped(all-found), spent(time))
		if days > 0 {
			row.Cells = append(row.Cells, spent(monthly(time, days)))
		}
	}
	for _, n := range catches {
		add(fmt.Sprintf("%d of 100", n), r.scores.find(float64(n)/100))
	}
	every := r.scores.find(1)
	every.from, every.look, every.clear = 0, judged, every.all
	add("Every one, by reading all", every)
	return t
}

// days is how many days the comments were written in; 0 where some have no
// date, or where they are too few to say what a month costs.
func (r *scanReport) days() int {
	first, last := r.span()
	days := int(last.Sub(first).Hours()/24) + 1
	if r.undated > 0 || r.misdated > 0 || first.IsZero() || days < 45 {
		return 0
	}
	return days
}

func monthly(d time.Duration, days int) time.Duration {
	return time.Duration(float64(d) / float64(days) * 365.25 / 12)
}

// columnChart is a chart with a column for each month, quarter or year, in
// units of the drawing.
type columnChart struct {
	Per     string
	Only    bool // the latest ones only
	Width   int
	Columns []chartColumn
	Label   string
}

type chartColumn struct {
	X, Mid, W            int
	ClearY, ClearH       float64
	PossibleY, PossibleH float64
	N, NumberY           int
	Name, Year, Said     string
}

// The drawing of months.
const (
	maxColumns  = 24
	chartWidth  = 816
	chartHeight = 150 // of the highest column
	chartTop    = 22  // room for its number
)

// monthChart draws the comments flagged over time.
func (r *scanReport) monthChart() *columnChart {
	ch, groups := &columnChart{Per: "month"}, r.months
	first, last := ends(groups)
	per := 1
	for _, step := range []struct {
		per  int
		name string
	}{{1, "month"}, {3, "quarter"}, {12, "year"}} {
		if per, ch.Per = step.per, step.name; last/per-first/per < maxColumns {
			break
		}
	}
	from, to := first/per, last/per
	if to-from >= maxColumns {
		from, ch.Only = to-maxColumns+1, true
	}
	sums, most := make([]tally, to-from+1), 1
	for month, c := range groups {
		if i := month/per - from; i >= 0 {
			for l := range c.level {
				sums[i].level[l] += c.level[l]
			}
			most = max(most, sums[i].level[classify.Clear]+sums[i].level[classify.Possible])
		}
	}
	slot := min(chartWidth/len(sums), 72)
	ch.Width = slot * len(sums)
	for i := range sums {
		ch.Columns = append(ch.Columns, chartColumnOf(&sums[i], most, slot, i))
		ch.Columns[i].Name, ch.Columns[i].Year = columnName(per, from+i, i == 0)
	}
	ch.Label = fmt.Sprintf("Clear and possible comments by %s, %d columns; the most are %s. The table below holds the numbers.", ch.Per, len(sums), grouped(most))
	return ch
}

func ends(m map[int]*tally) (first, last int) {
	keys := slices.Sorted(maps.Keys(m))
	return keys[0], keys[len(keys)-1]
}

func chartColumnOf(c *tally, most, slot, i int) chartColumn {
	scale := float64(chartHeight) / float64(most)
	clear, possible := c.level[classify.Clear], c.level[classify.Possible]
	k := chartColumn{X: slot*i + slot/8, W: slot - slot/4, Mid: slot*i + slot/2, N: clear + possible}
	k.ClearH, k.PossibleH = tidy(float64(clear)*scale), tidy(float64(possible)*scale)
	k.ClearY = tidy(chartTop + chartHeight - k.ClearH)
	k.PossibleY = tidy(k.ClearY - k.PossibleH)
	k.NumberY = int(k.PossibleY) - 6
	return k
}

// columnName is what stands below a column, and its year where one begins.
func columnName(per, i int, first bool) (name, year string) {
	at := time.Date(0, time.Month(i*per+1), 1, 0, 0, 0, 0, time.UTC)
	switch per {
	case 12:
		return at.Format("2006"), ""
	case 3:
		name = fmt.Sprintf("Q%d", i%4+1)
	default:
		name = at.Format("Jan")
	}
	if first || at.Month() == time.January {
		year = at.Format("2006")
	}
	return name, year
}

func (r *scanReport) monthTable() *table {
	t := &table{Caption: "Comments by month", Head: []string{"Month", "Comments", "Clear", "Possible", "May need help now", "Not judged"}, Wide: true}
	for _, m := range slices.Sorted(maps.Keys(r.months)) {
		c := r.months[m]
		t.row(time.Date(0, time.Month(m+1), 1, 0, 0, 0, 0, time.UTC).Format("January 2006"), nil, grouped(c.total),
			grouped(c.level[classify.Clear]), grouped(c.level[classify.Possible]), grouped(c.urgent), grouped(c.unjudged))
	}
	return t
}
