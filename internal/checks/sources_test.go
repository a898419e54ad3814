package checks_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"triage/internal/alert"
	"triage/internal/checks"
	"triage/internal/ingest"
)

const why = "the Page's token has expired: connect it again"

func sourcesOf(health ...ingest.Health) checks.Sources {
	return checks.Sources{Health: func() []ingest.Health { return health }, Page: "http://desk", Now: atNoon}
}

// An account that cannot be read is told after a hiccup, and pages when nobody mends it:
// soon where our own program is to blame.
func TestSilentSourceIsTold(t *testing.T) {
	second, minute, hour := time.Second, time.Minute, time.Hour
	backfill := ingest.Backfill{Since: ago(1000 * hour)}
	read := ingest.Backfill{Since: ago(1000 * hour), Done: ago(hour)}
	for name, tt := range map[string]struct {
		h     ingest.Health
		want  alert.Severity
		says  string
		since time.Time
	}{
		"well":                    {ingest.Health{LastOK: ago(second), Gap: minute}, "", "", noon},
		"not begun":               {ingest.Health{}, "", "", noon},
		"a hiccup":                {ingest.Health{LastOK: ago(hour), Since: ago(minute - second), Why: why}, "", "", noon},
		"a minute":                {ingest.Health{LastOK: ago(hour), Since: ago(minute), Why: why}, alert.Tell, why, ago(minute)},
		"nearly half a day":       {ingest.Health{Since: ago(12*hour - second), Why: why}, alert.Tell, why, ago(12*hour - second)},
		"half a day":              {ingest.Health{Since: ago(12 * hour), Why: why}, alert.Page, why, ago(12 * hour)},
		"nobody reads it":         {ingest.Health{Since: ago(hour - second), Why: why, Stuck: true}, alert.Tell, why, ago(hour - second)},
		"nobody, for an hour":     {ingest.Health{Since: ago(hour), Why: why, Stuck: true}, alert.Page, why, ago(hour)},
		"silent for five minutes": {ingest.Health{LastOK: ago(5 * minute), Gap: minute}, "", "", noon},
		"and a second":            {ingest.Health{LastOK: ago(5*minute + second), Gap: minute}, alert.Tell, "no look came to its end", ago(5*minute + second)},
		"a slow one's pace":       {ingest.Health{LastOK: ago(40 * minute), Gap: 10 * minute}, "", "", noon},
		"four times its pace":     {ingest.Health{LastOK: ago(40*minute + second), Gap: 10 * minute}, alert.Tell, "no look came to its end", ago(40*minute + second)},
		"silent for an hour":      {ingest.Health{LastOK: ago(hour), Gap: minute}, alert.Page, "no look came to its end", ago(hour)},
		"reads what is old":       {ingest.Health{LastOK: ago(30 * minute), Gap: minute, Backfill: backfill}, "", "", noon},
		"for too long":            {ingest.Health{LastOK: ago(30*minute + second), Gap: minute, Backfill: backfill}, alert.Tell, "no look", ago(30*minute + second)},
		"has read what is old":    {ingest.Health{LastOK: ago(30 * minute), Gap: minute, Backfill: read}, alert.Tell, "no look", ago(30 * minute)},
	} {
		t.Run(name, func(t *testing.T) {
			tt.h.Platform, tt.h.Account = "facebook", "cedar-2"
			k := sourcesOf(tt.h, ingest.Health{Platform: "file", Account: "file", LastOK: noon}, ingest.Health{Platform: "file", Account: "fresh"})
			a := calls(t, k, "sources/facebook/cedar-2", tt.want)
			if tt.want == "" {
				return
			}
			if !strings.HasPrefix(a.What, "comments are not being checked: ") || !strings.Contains(a.What, tt.says) || a.Where != "facebook cedar-2" || !a.Since.Equal(tt.since) || a.Calm < time.Minute {
				t.Errorf("%+v", a)
			}
		})
	}
}

// A machine that was off overnight calls nobody in the morning: its accounts are read first.
// What a platform refuses is told all the same.
func TestAStartIsNoSilence(t *testing.T) {
	off := ingest.Health{Platform: "facebook", Account: "cedar-2", LastOK: ago(13 * time.Hour), Gap: time.Minute}
	k := sourcesOf(off)
	k.Began = ago(2 * time.Minute)
	calls(t, k, "", "")
	k.Began = ago(2*time.Minute + time.Second)
	if a := calls(t, k, "sources/facebook/cedar-2", alert.Page); !a.Since.Equal(ago(13*time.Hour)) || a.Calm <= 2*time.Minute {
		t.Errorf("%+v", a)
	}
	off.Since, off.Why = ago(12*time.Hour), why
	k = sourcesOf(off)
	k.Began = noon
	calls(t, k, "sources/facebook/cedar-2", alert.Page)
}

// Many accounts of a platform at once are one trouble beside theirs, as loud as the
// loudest, with the reason if they have the same.
func TestManyAccountsAreOneTrouble(t *testing.T) {
	make := func(bad, good int, reason func(i int) string) (all []ingest.Health) {
		for i := range bad {
			all = append(all, ingest.Health{Platform: "facebook", Account: fmt.Sprintf("bad-%d", i), Since: ago(time.Hour + time.Duration(i)*time.Minute), Why: reason(i)})
		}
		for i := range good {
			all = append(all, ingest.Health{Platform: "facebook", Account: fmt.Sprintf("good-%d", i), LastOK: noon})
		}
		return append(all, ingest.Health{Platform: "x", Account: "x", Since: ago(time.Hour), Why: why})
	}
	same := func(int) string { return why }
	for _, tt := range []struct {
		bad, good int
		many      bool
	}{{2, 0, false}, {3, 0, true}, {3, 3, true}, {3, 4, false}, {40, 0, true}} {
		found := look(t, sourcesOf(make(tt.bad, tt.good, same)...))
		a, many := found["sources/facebook"]
		if many != tt.many || len(found) != tt.bad+1+map[bool]int{true: 1}[many] {
			t.Errorf("%d of %d: %v", tt.bad, tt.bad+tt.good, found)
		}
		if many && (a.Count != tt.bad || a.Where != "facebook" || !a.Since.Equal(ago(time.Hour+time.Duration(tt.bad-1)*time.Minute)) ||
			a.What != "many accounts are not being checked: "+why || a.Severity != alert.Tell) {
			t.Errorf("%+v", a)
		}
	}
	mixed := make(3, 0, func(i int) string { return fmt.Sprint("reason ", i) })
	mixed[1].Since = ago(13 * time.Hour)
	if a := look(t, sourcesOf(mixed...))["sources/facebook"]; a.Severity != alert.Page || !strings.Contains(a.What, "different reasons") || strings.Contains(a.What, "reason 0") {
		t.Errorf("of different ones: %+v", a)
	}
}

// A token that ends is told of days before, once a day, and so is what it lacks.
func TestTokensAreToldOfBeforeTheyEnd(t *testing.T) {
	days := 10 * 24 * time.Hour
	for name, tt := range map[string]struct {
		h    ingest.Health
		want string
	}{
		"never ends":      {ingest.Health{}, ""},
		"ends later":      {ingest.Health{Expires: noon.Add(days)}, ""},
		"ends soon":       {ingest.Health{Expires: noon.Add(days - time.Second)}, "expiry"},
		"has ended":       {ingest.Health{Expires: ago(time.Hour)}, "expiry"},
		"lacks something": {ingest.Health{Lacks: []string{"pages_messaging"}}, "permissions"},
		"many are gone":   {ingest.Health{Withheld: []string{"a", "b"}}, "deletions"},
	} {
		t.Run(name, func(t *testing.T) {
			tt.h.Platform, tt.h.Account, tt.h.LastOK = "facebook", "cedar-2", noon
			severity := alert.Severity("")
			if tt.want != "" {
				severity = alert.Tell
			}
			a := calls(t, sourcesOf(tt.h), "sources/facebook/cedar-2/"+tt.want, severity)
			if tt.want != "" && (a.Where != "facebook cedar-2" || a.Since.IsZero() || a.Link != "http://desk/") {
				t.Errorf("%+v", a)
			}
		})
	}
}
