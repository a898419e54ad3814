package main

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the practice's zone must be known wherever this runs
	"unicode"
	"unicode/utf8"

	"triage/internal/checks"
	"triage/internal/classify"
	"triage/internal/respond"
	"triage/internal/respond/send"
)

// The checks of the values that may also be changed while the service runs: each
// returns what to write instead.

func checkMode(s string) error {
	if s != shadowMode && s != reviewMode {
		return fmt.Errorf("%q is no mode: write \"shadow\" (nothing goes out) or \"review\" (what a person approved goes out)", s)
	}
	return nil
}

func checkCap(n int) error {
	if n < 1 || n > 1000 {
		return fmt.Errorf("%d is out of range: write 1 to 1000 actions an account and day", n)
	}
	return nil
}

func checkThreadCap(n int) error {
	if n < 0 || n > 1000 {
		return fmt.Errorf("%d is out of range: write 1 to 1000 replies under one post and day, or 0 for any number", n)
	}
	return nil
}

// zone is where the practice's clock is.
func (c *config) zone() (*time.Location, error) {
	if c.Practice.Zone == "" {
		return time.Local, nil
	}
	zone, err := time.LoadLocation(c.Practice.Zone)
	if err != nil {
		return nil, fmt.Errorf("%q is no time zone: write one such as \"America/Los_Angeles\", or leave it out for the machine's", c.Practice.Zone)
	}
	return zone, nil
}

func (c *config) checkZone() error {
	_, err := c.zone()
	return err
}

// hours reads hours by the practice's clock.
func (c *config) hours(s string) (respond.Hours, error) {
	zone, err := c.zone()
	if err != nil {
		return respond.Hours{}, err
	}
	return respond.ParseHours(s, zone)
}

func (c *config) checkQuiet() error {
	if c.checkZone() != nil {
		return nil // said already
	}
	_, err := c.hours(c.Posting.Quiet)
	return err
}

func checkUndo(d time.Duration) error {
	if d > day {
		return fmt.Errorf("%v is too long: at most 24h", d)
	}
	return nil
}

// checkReadBack: whoever asks the platform while an attempt may still be under way
// hears that nothing went out, and tells a person so. A sandbox on this machine answers
// at once.
func (c *config) checkReadBack(d time.Duration) error {
	least := send.Longest
	if c.played() {
		least = time.Second
	}
	if d < least || d > time.Hour {
		return fmt.Errorf("%v is out of range: %v to 1h; an attempt may take %v, and asking before it ended finds nothing", d, least, send.Longest)
	}
	return nil
}

// played reports whether every account is on this machine, as the sandbox's are.
func (c *config) played() bool {
	for _, s := range c.sections() {
		u, err := url.Parse(s.at)
		if err != nil || !isLoopback(u.Hostname()) {
			return false
		}
	}
	return true
}

func checkKept(d time.Duration) error {
	if d < time.Hour || d > 3653*day {
		return fmt.Errorf("%v is out of range: 1h to 3653d, such as \"7d\"", d)
	}
	return nil
}

func checkCatch(catch float64) error {
	if catch == 0 {
		return nil
	}
	if catch < 90 || catch > 99.5 {
		return fmt.Errorf("%g is out of range: write 90 to 99.5, such as 98 to catch 98 of 100 clear disclosures, or 0 for balanced", catch)
	}
	return judges(classify.Options{Catch: catch})
}

// judges reports what the classifier does not take, so that nothing is set with
// which it cannot be made.
func judges(o classify.Options) error {
	_, err := classify.New(o)
	return err
}

func checkSample(n int) error {
	if n < 0 || n > 200 {
		return fmt.Errorf("%d is out of range: write 0 (none) to 200 comments a week", n)
	}
	return nil
}

// most is how many entries a list may have, and longest how many bytes one.
const most, longest = 500, 100

func checkList(list []string) error {
	if len(list) > most {
		return fmt.Errorf("%d entries are too many: at most %d", len(list), most)
	}
	for i, s := range list {
		if len(s) > longest || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
			return fmt.Errorf("entry %d is too long or no plain text: at most %d bytes", i+1, longest)
		}
	}
	return nil
}

// listMark stands between the entries of a list in a setting.
const listMark = ";"

func asList(s string) ([]string, error) {
	list := []string{}
	for part := range strings.SplitSeq(s, listMark) {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list, nil
}

func listText(list []string) string { return strings.Join(list, listMark+" ") }

// termKinds are what a term may tell.
var termKinds = []classify.Kind{classify.Condition, classify.Symptom, classify.Procedure, classify.Medication, classify.TestResult,
	classify.Reproductive, classify.MentalHealth, classify.SubstanceUse}

// termLangs are the languages that are judged.
var termLangs = []string{"en", "es", "fr"}

// asTerms reads terms such as "en procedure CoolSculpting; es condition azúcar".
func asTerms(s string) ([]classify.Term, error) {
	list, err := asList(s)
	if err == nil {
		err = checkList(list)
	}
	if err != nil {
		return nil, err
	}
	terms := []classify.Term{}
	for i, entry := range list {
		f := strings.Fields(entry)
		if len(f) < 3 || !slices.Contains(termLangs, f[0]) || !slices.Contains(termKinds, classify.Kind(f[1])) {
			return nil, fmt.Errorf("entry %d is no term: write LANGUAGE KIND WORDS, such as \"en procedure CoolSculpting\", with a language of %s and a kind of %s",
				i+1, strings.Join(termLangs, ", "), kindNames())
		}
		terms = append(terms, classify.Term{Lang: f[0], Kind: classify.Kind(f[1]), Text: strings.Join(f[2:], " ")})
	}
	if len(terms) == 0 {
		return terms, nil
	}
	return terms, judges(classify.Options{Terms: terms})
}

// gateOptions are what the gate knows of the practice: its own medical words, those
// of one word, too.
func (c *config) gateOptions() respond.GateOptions {
	o := c.Practice.GateOptions()
	for _, entry := range c.Classify.Terms {
		if f := strings.Fields(entry); len(f) == 3 {
			o.Terms = append(o.Terms, f[2])
		}
	}
	return o
}

func kindNames() string {
	names := make([]string, len(termKinds))
	for i, k := range termKinds {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}

// asLouder reads lanes such as "possible tells; look pages".
func asLouder(s string) (map[respond.Lane]respond.Loudness, error) {
	list, err := asList(s)
	louder := map[respond.Lane]respond.Loudness{}
	for i, entry := range list {
		lane, to, _ := strings.Cut(entry, " ")
		to = strings.TrimSpace(to)
		if _, loud := checks.Severity(respond.Loudness(to)); !loud || !respond.Lane(lane).Raises(respond.Loudness(to)) {
			return nil, fmt.Errorf("entry %d raises no lane: write LANE LOUDNESS, such as \"possible tells\", with hourly, tells or pages; a lane may be raised and never lowered", i+1)
		}
		louder[respond.Lane(lane)] = respond.Loudness(to)
	}
	return louder, err
}

// asAutomatic reads lanes such as "possible; clear".
func asAutomatic(s string) (map[respond.Lane]bool, error) {
	list, err := asList(s)
	lanes := map[respond.Lane]bool{}
	for _, entry := range list {
		if err := respond.Lane(entry).Automates(); err != nil {
			return nil, err
		}
		lanes[respond.Lane(entry)] = true
	}
	return lanes, err
}

// parsed is a setting's way from text to a checked value.
func parsed[T any](read func(string) (T, error), check func(T) error) func(string) (any, error) {
	return func(s string) (any, error) {
		v, err := read(s)
		if err == nil {
			err = check(v)
		}
		return v, err
	}
}

func asText(s string) (string, error) { return s, nil }

func asNumber(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, fmt.Errorf("%q is no number", s)
	}
	return n, nil
}

func asShare(s string) (float64, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) {
		return 0, fmt.Errorf("%q is no number", s)
	}
	return f, nil
}

func asDuration(s string) (time.Duration, error) {
	var d duration
	err := d.UnmarshalText([]byte(s))
	return d.Duration, err
}
