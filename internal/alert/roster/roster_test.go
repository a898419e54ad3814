package roster

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// at reads a local time in the plan's zone, or one with its offset.
func at(t testing.TB, p *Plan, text string) time.Time {
	t.Helper()
	if v, err := time.Parse("2006-01-02 15:04 -07:00", text); err == nil {
		return v
	}
	return must[time.Time](t)(ParseStart(text, p.zone()))
}

func people(names ...string) (out []Person) {
	for _, name := range names {
		out = append(out, Person{Name: name, Lines: []Line{{Channel: "sms", To: "+15035550100"}}})
	}
	return out
}

// rotation reads "name: dana lee, 1w from 2026-11-23 09:00" with hours.
func rotation(t testing.TB, z *time.Location, text string, hours ...string) Rotation {
	t.Helper()
	name, rest, _ := strings.Cut(text, ": ")
	who, rest, _ := strings.Cut(rest, ", ")
	turn, start, _ := strings.Cut(rest, " from ")
	return Rotation{
		Name: name, People: strings.Fields(who), Turn: must[Turn](t)(ParseTurn(turn)),
		Start: must[time.Time](t)(ParseStart(start, z)), Hours: must[Hours](t)(ParseHours(hours)),
	}
}

func override(t testing.TB, p *Plan, id, rotation, person, from, until string) Override {
	t.Helper()
	made := time.Date(2026, 11, 1, 0, 0, len(p.Overrides), 0, time.UTC)
	return Override{ID: id, Rotation: rotation, Person: person, From: at(t, p, from), Until: at(t, p, until), By: "marta", At: made}
}

// table writes shifts one a line.
func table(shifts []Shift) string {
	var b strings.Builder
	for _, s := range shifts {
		b.WriteString(strings.TrimSpace(s.Rotation+" "+s.Person+" "+s.Override) + ": " + stamp(s.From) + " to " + stamp(s.Until) + "\n")
	}
	return b.String()
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "ever"
	}
	return t.Format("Mon 02 15:04 -0700")
}

func called(p *Plan, step int, at time.Time) string {
	var names []string
	for _, who := range p.Called(step, at) {
		names = append(names, who.Name)
	}
	return strings.Join(names, " ")
}

func same(t *testing.T, what, got, want string) {
	t.Helper()
	lines := func(s string) string {
		var out []string
		for _, l := range strings.Split(strings.TrimSpace(s), "\n") {
			out = append(out, strings.TrimSpace(l))
		}
		return strings.Join(out, "\n")
	}
	if lines(got) != lines(want) {
		t.Errorf("%s:\n%s\nwant:\n%s", what, lines(got), lines(want))
	}
}
