package roster

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestLinesRoundTrip(t *testing.T) {
	for _, c := range []struct {
		text string
		want Line
		back string
	}{
		{"sms +15035550100 after 5m", Line{"sms", "+15035550100", 5 * time.Minute}, ""},
		{"  pagerduty ", Line{Channel: "pagerduty"}, "pagerduty"},
		{"chat after 1h30m", Line{"chat", "", 90 * time.Minute}, ""},
		{"mail dana@example.com after 60m", Line{"mail", "dana@example.com", time.Hour}, "mail dana@example.com after 1h"},
		{"mail dana@example.com after 90s", Line{"mail", "dana@example.com", 90 * time.Second}, "mail dana@example.com after 1m30s"},
	} {
		got, err := ParseLine(c.text)
		if err != nil || got != c.want {
			t.Errorf("%q: %+v %v", c.text, got, err)
		}
		if c.back == "" {
			c.back = c.text
		}
		if got.String() != c.back {
			t.Errorf("%q is written as %q", c.text, got)
		}
	}
}

func TestWhatIsNoLineSaysWhatToWrite(t *testing.T) {
	for _, text := range []string{"", "after 5m", "sms +15035550177 5m", "sms after", "sms +15035550177 after", "sms +15035550177 after 5", "sms +15035550177 after -5m", "sms +15035550177 after 25h", "sms +1 503 5550177", "sms after after 5m"} {
		l, err := ParseLine(text)
		if err == nil || !strings.Contains(err.Error(), "write it such as") {
			t.Errorf("%q: %+v %v", text, l, err)
		} else if strings.Contains(err.Error(), "5550177") {
			t.Errorf("%q: the error repeats the address: %v", text, err)
		}
	}
}

func TestTurnsRoundTrip(t *testing.T) {
	for text, want := range map[string]Turn{"1w": {Days: 7}, "2w": {Days: 14}, "1d": {Days: 1}, "12h": {Hours: 12}, "24h": {Hours: 24}, "366d": {Days: 366}} {
		got, err := ParseTurn(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%q: %+v %v, written as %q", text, got, err, got)
		}
	}
	if got := (Turn{Days: 14}).String(); got != "2w" {
		t.Errorf("14 days are written as %q", got)
	}
	for _, text := range []string{"", "0d", "1", "w", "-1d", "1.5d", "1m", "367d", "53w", "9999h", "1w2d", " 1w"} {
		if got, err := ParseTurn(text); err == nil || !strings.Contains(err.Error(), `such as "1w"`) {
			t.Errorf("%q: %+v %v", text, got, err)
		}
	}
}

func TestHoursRoundTrip(t *testing.T) {
	for _, c := range [][2]string{
		{"Mon-Fri 08:00-18:00", ""},
		{"Sat", ""},
		{"holidays 09:00-12:00", ""},
		{"22:00-07:00", ""},
		{"00:00-24:00", ""},
		{"Sat-Sun,holidays", ""},
		{"Mon,Wed,Fri-Sat 07:30-24:00", ""},
		{"monday – friday 8:00 - 18:00", "Mon-Fri 08:00-18:00"},
		{"MON, TUE, WED 22:00-00:00", "Mon-Wed 22:00-24:00"},
		{"Fri-Mon 23:00-22:59", "Mon,Fri-Sun 23:00-22:59"},
		{"Mon-Sun,holiday 08:00-09:00", "08:00-09:00"},
		{"Sun-Sun", "Sun"},
	} {
		if c[1] == "" {
			c[1] = c[0]
		}
		h, err := ParseHours([]string{c[0]})
		if err != nil || h.String() != c[1] {
			t.Errorf("%q is written as %q, not %q: %v", c[0], h, c[1], err)
		}
	}
	h := must[Hours](t)(ParseHours([]string{"Mon 08:00-12:00", "Sat,Sun"}))
	if again := must[Hours](t)(ParseHours(h.Entries())); !reflect.DeepEqual(h, again) || h.None() || h.String() != "Mon 08:00-12:00; Sat-Sun" {
		t.Errorf("%v is read back as %v", h, again)
	}
	if none := must[Hours](t)(ParseHours(nil)); !none.None() {
		t.Errorf("no entries are %v", none)
	}
}

func TestWhatIsNoHoursSaysWhatToWrite(t *testing.T) {
	for _, text := range []string{"", " ", "Mon-", "Mo", "Mon--Fri", "Mon Fri", "8-18", "Mon 8-18", "Mon 08:00", "25:00-26:00", "08:60-09:00", "24:00-08:00", "08:00-08:00", "00:00-00:00", "08:00-12:00 13:00-18:00", "08:00-12:00,13:00-18:00", "Mon,", "holidays-Mon", "08:00-18:00 Mon"} {
		if h, err := ParseHours([]string{"Sat", text}); err == nil || !strings.Contains(err.Error(), "write them such as") || !h.None() {
			t.Errorf("%q: %v %v", text, h, err)
		}
	}
}

func TestStepsRoundTrip(t *testing.T) {
	for text, want := range map[string]Step{
		"rotation primary, person dana, everybody": {Rotations: []string{"primary"}, People: []string{"dana"}, Everybody: true},
		"person dana, person lee":                  {People: []string{"dana", "lee"}},
		"rotation front desk":                      {Rotations: []string{"front desk"}},
		"everybody":                                {Everybody: true},
	} {
		got, err := ParseStep(text)
		if err != nil || !reflect.DeepEqual(got, want) || got.String() != text {
			t.Errorf("%q: %+v %v, written as %q", text, got, err, got)
		}
	}
	if got, err := ParseStep(" Person  dana ,Everybody"); err != nil || got.String() != "person dana, everybody" {
		t.Errorf("with spaces and capitals: %v %v", got, err)
	}
	for _, text := range []string{"", ",", "dana", "person", "rotation", "everybody dana", "person dana,", "team"} {
		if got, err := ParseStep(text); err == nil || !strings.Contains(err.Error(), "write it such as") {
			t.Errorf("%q: %+v %v", text, got, err)
		}
	}
}

func TestDays(t *testing.T) {
	if d, name, err := ParseHoliday(" 2026-12-25  Christmas Day "); err != nil || d != (Date{2026, 12, 25}) || name != "Christmas Day" || d.String() != "2026-12-25" {
		t.Errorf("%v %q %v", d, name, err)
	}
	if d, name, err := ParseHoliday("2028-02-29"); err != nil || d != (Date{2028, 2, 29}) || name != "" {
		t.Errorf("%v %q %v", d, name, err)
	}
	for _, text := range []string{"", "Christmas", "2027-02-29", "25.12.2026", "0226-12-25", "2026-12-25Christmas"} {
		if d, _, err := ParseHoliday(text); err == nil || !strings.Contains(err.Error(), `such as "2026-12-25"`) {
			t.Errorf("%q: %v %v", text, d, err)
		}
	}
	for _, text := range []string{"", "2026-11-23", "09:00", "2026-11-23 24:00", "2026-11-31 09:00", "0226-11-23 09:00", "2026-11-23T09:00:00Z"} {
		if got, err := ParseStart(text, time.UTC); err == nil || !strings.Contains(err.Error(), `such as "2026-11-23 09:00"`) {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
}

// Whatever is read is written so that it is read the same again.
func FuzzTextForms(f *testing.F) {
	for _, text := range []string{"sms +15035550100 after 5m", "Mon-Fri 08:00-18:00", "holidays, Sat–Mon 22:00-07:00", "2w", "12h", "rotation primary, everybody", "2026-12-25 Christmas", "2026-11-01 01:30", "chat after 1h0m0.5s"} {
		f.Add(text)
	}
	z := zone(f, "America/New_York")
	f.Fuzz(func(t *testing.T, text string) {
		if l, err := ParseLine(text); err == nil {
			again(t, l, l.String(), ParseLine)
		}
		if turn, err := ParseTurn(text); err == nil {
			again(t, turn, turn.String(), ParseTurn)
		}
		if h, err := ParseHours([]string{text}); err == nil {
			again(t, h, h.String(), func(s string) (Hours, error) { return ParseHours([]string{s}) })
			p := &Plan{Quiet: h}
			if until, quiet := p.QuietUntil(time.Unix(1_800_000_000, 0)); quiet && !until.After(time.Unix(1_800_000_000, 0)) {
				t.Errorf("%q: quiet ends at %v", text, until)
			}
		}
		if s, err := ParseStep(text); err == nil {
			again(t, s, s.String(), ParseStep)
		}
		if d, name, err := ParseHoliday(text); err == nil {
			again(t, name, d.String()+" "+name, func(s string) (string, error) { _, name, err := ParseHoliday(s); return name, err })
		}
		if start, err := ParseStart(text, z); err == nil && clockAt(start, z) < clock(0) {
			t.Errorf("%q begins at %v", text, start)
		}
	})
}

func again[T any](t *testing.T, v T, text string, parse func(string) (T, error)) {
	t.Helper()
	if back, err := parse(text); err != nil || !reflect.DeepEqual(v, back) {
		t.Errorf("%+v is written as %q and read as %+v: %v", v, text, back, err)
	}
}
