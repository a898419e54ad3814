package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest/file"
)

// TestCostsAreThoseOfTheSortedScores compares with the plain way: sort, and go
// down until enough is found.
func TestCostsAreThoseOfTheSortedScores(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	for _, n := range []int{0, 1, 2, 50, 5000} {
		s, all, sum := &scores{}, []float64{}, 0.0
		for range n {
			x := math.Round(math.Pow(random.Float64(), 4)*scoreSteps) / scoreSteps
			s.add(x)
			all, sum = append(all, x), sum+x
		}
		slices.Sort(all)
		slices.Reverse(all)
		for _, catch := range catches {
			share, found, from, look := float64(catch)/100, 0.0, 1.0, 0
			for look < n && (found < share*sum-1e-9 || look > 0 && all[look] == all[look-1]) {
				found, from = found+all[look], all[look]
				look++
			}
			got := s.find(share)
			if got.look != look || got.from != from || math.Abs(got.clear-found) > 1e-6 || math.Abs(got.all-sum) > 1e-6 {
				t.Errorf("%d scores, %d of 100: %+v, want %d from %v, %v of %v", n, catch, got, look, from, found, sum)
			}
		}
	}
	odd := &scores{}
	for _, x := range []float64{math.NaN(), -1, 2, math.Inf(1)} {
		odd.add(x)
	}
	if got := odd.find(1); got.all != 2 || got.look != 2 {
		t.Errorf("odd scores: %+v", got)
	}
}

func TestTheWorstComeFirst(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var w worst
	var all []finding
	for i := range 500 {
		j := &classify.Judgement{Judged: i%11 > 0, Level: classify.Level(random.IntN(3)), Score: float64(random.IntN(50)) / 50, Urgent: random.IntN(9) == 0, Identifier: random.IntN(5) == 0}
		w.add(entry{Record: file.Record{Line: int64(i)}}, j)
		if f := (finding{line: int64(i), level: j.Level, score: j.Score, urgent: j.Urgent, identifier: j.Identifier}); j.Judged && (f.level > 0 || f.urgent || f.identifier) {
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b finding) int {
		switch {
		case a.worse(b):
			return -1
		case b.worse(a):
			return 1
		}
		return 0
	})
	for i, f := range w {
		if f.line != all[i].line {
			t.Errorf("place %d: line %d, want %d", i+1, f.line, all[i].line)
		}
	}
	if len(w) != mostSerious || !w[0].urgent || w[0].level != classify.Clear || !w[0].identifier {
		t.Errorf("%d comments, the first %+v", len(w), w[0])
	}
}

func TestOriginOf(t *testing.T) {
	for _, tt := range []struct{ platform, date, want string }{
		{"Facebook", "2025-05-31T23:30:00-07:00", "facebook 2025-05-31"},
		{" X ", "2025-05-31", "x 2025-05-31"},
		{"Google Business", "1748736000", "google business 2025-06-01"},
		{"", "1748736000123", " 2025-06-01"},
		{"", "May 31, 2025", " 2025-05-31"},
		{"", "2025-05-31 10:00:00 UTC", " 2025-05-31"},
		{"", "", " none"},
		{"", "5/4/2025", " unreadable"},
		{"", "0001-01-01", " unreadable"},
		{"", "9999-12-31", " unreadable"},
		{"", "12", " unreadable"},
		{"", strings.Repeat("1", 400), " unreadable"},
		{"https://facebook.com/x", "", "? none"},
		{"I had a hip replacement", "", "? none"},
		{strings.Repeat("a", 200), "", "? none"},
	} {
		o := originOf(tt.platform, tt.date)
		got := o.platform + " " + o.date.Format(time.DateOnly)
		if o.date.IsZero() {
			got = o.platform + map[bool]string{true: " unreadable", false: " none"}[o.undated]
		}
		if got != tt.want {
			t.Errorf("%.20q, %.20q: %q, want %q", tt.platform, tt.date, got, tt.want)
		}
	}
	if o := originOf("", "5/4/2025", "", "2025-05-31"); o.undated || o.date.IsZero() {
		t.Errorf("the second date does not count: %+v", o)
	}
}

// oddCSV is a file of n records of all sorts, each numbered in its text, its
// platform and its date, with some between them that have too few fields.
func oddCSV(random *rand.Rand, comma rune, n int) *bytes.Buffer {
	file := bytes.NewBufferString("\ufeff")
	w := csv.NewWriter(file)
	w.Comma = comma
	_ = w.Write([]string{"Id", "Platform", "Text", "Date", "note"})
	for i := range n {
		text := fmt.Sprintf("%d ", i) + strings.Repeat([]string{"a", "\"", "\n", ",;\t", "é\r\n"}[random.IntN(5)], random.IntN(300)) +
			strings.Repeat("x", max(0, random.IntN(400_000)-390_000))
		_ = w.Write([]string{strconv.Itoa(i), fmt.Sprintf("p%d", i), text, dayAfter(i).Format(time.DateOnly), "\n\n"})
		if w.Flush(); i%50 == 0 {
			file.WriteString("\n1" + string(comma) + "short\n")
		}
	}
	return file
}

func dayAfter(i int) time.Time { return time.Date(2000, 1, 1+i, 0, 0, 0, 0, time.UTC) }

// TestColumnsStayBesideTheText looks whether every text keeps its own platform
// and date.
func TestColumnsStayBesideTheText(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 2))
	for _, comma := range []rune{',', ';', '\t'} {
		rs, err := openRecords("-", oddCSV(random, comma, 600), "", "")
		if err != nil {
			t.Fatal(err)
		}
		rs.withOrigin()
		whole := 0
		for {
			rec, err := rs.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			o := rs.origin(rec)
			if rec.Err != nil {
				continue
			}
			number, _, _ := strings.Cut(rec.Text, " ")
			i, _ := strconv.Atoi(number)
			if o.platform != "p"+number || !o.date.Equal(dayAfter(i)) {
				t.Fatalf("text %s has %+v", number, o)
			}
			whole++
		}
		if whole != 600 {
			t.Errorf("%d records of 600", whole)
		}
	}
}

func TestMonthChart(t *testing.T) {
	at := func(year, month int) int { return year*12 + month - 1 }
	for name, tt := range map[string]struct {
		from, to, columns int
		per, first        string
		only              bool
	}{
		"one month":  {at(2025, 5), at(2025, 5), 1, "month", "May 2025", false},
		"two years":  {at(2024, 1), at(2025, 12), 24, "month", "Jan 2024", false},
		"longer":     {at(2024, 2), at(2026, 2), 9, "quarter", "Q1 2024", false},
		"ten years":  {at(2014, 12), at(2024, 1), 11, "year", "2014 ", false},
		"a lifetime": {at(1990, 1), at(2099, 12), 24, "year", "2076 ", true},
	} {
		r := &scanReport{months: map[int]*tally{tt.from: {level: [3]int{5, 1, 2}}, tt.to: {level: [3]int{0, 0, 9}}}}
		c := r.monthChart()
		if len(c.Columns) != tt.columns || c.Per != tt.per || c.Columns[0].Name+" "+c.Columns[0].Year != tt.first || c.Only != tt.only || c.Width > chartWidth {
			t.Errorf("%s: %d columns by %s from %q, only %v, %d wide", name, len(c.Columns), c.Per, c.Columns[0].Name+" "+c.Columns[0].Year, c.Only, c.Width)
		}
		last := c.Columns[len(c.Columns)-1]
		if last.N != 9 || last.ClearH != chartHeight || last.ClearY != chartTop || last.NumberY >= chartTop {
			t.Errorf("%s: the last column is %+v", name, last)
		}
		if rows := r.monthTable().Rows; rows[len(rows)-1].Cells[1] != "9" {
			t.Errorf("%s: the table ends with %v", name, rows[len(rows)-1].Cells)
		}
	}
}

var colour = regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{3,6})`)

// TestTheReportCanBeRead holds the contrast of AA: 4.5 for words, 3 for bars.
func TestTheReportCanBeRead(t *testing.T) {
	schemes := strings.SplitN(reportCSS, ":root {", 4)
	if len(schemes) != 4 {
		t.Fatal("light, dark and paper are not found in the style")
	}
	for i, scheme := range schemes[1:] {
		c := map[string]float64{}
		scheme, _, _ = strings.Cut(scheme, "}")
		for _, m := range colour.FindAllStringSubmatch(scheme, -1) {
			c[m[1]] = luminance(t, m[2])
		}
		for pair, least := range map[string]float64{
			"ink card": 4.5, "ink paper": 4.5, "soft card": 4.5, "soft paper": 4.5, "accent card": 4.5, "loud card": 4.5, "warn warn-tint": 4.5,
			"half card": 3, "unjudged card": 3,
		} {
			a, b, _ := strings.Cut(pair, " ")
			if got := (max(c[a], c[b]) + 0.05) / (min(c[a], c[b]) + 0.05); got < least {
				t.Errorf("scheme %d: %s has a contrast of %.2f, want %.1f", i, pair, got, least)
			}
		}
	}
}

// luminance is the relative one of WCAG 2.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		x := float64(n) / 255
		if x <= 0.04045 {
			x /= 12.92
		} else {
			x = math.Pow((x+0.055)/1.055, 2.4)
		}
		sum += weight * x
	}
	return sum
}
