package may_test

import (
	"testing"
	"time"

	"triage/internal/respond/may"
)

func TestQuietHours(t *testing.T) {
	place, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04:05", s, place)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, tt := range []struct{ hours, at, until string }{
		{"22:00-07:00", "2026-09-01 21:59:59", ""},
		{"22:00-07:00", "2026-09-01 22:00:00", "2026-09-02 07:00:00"},
		{"22:00-07:00", "2026-09-02 06:59:59", "2026-09-02 07:00:00"},
		{"22:00-07:00", "2026-09-02 07:00:00", ""},
		{"12:30-14:00", "2026-09-02 13:00:00", "2026-09-02 14:00:00"},
		{"12:30-14:00", "2026-09-02 02:00:00", ""},
		{"22:00-07:00", "2026-10-31 23:00:00", "2026-11-01 07:00:00"}, // an hour longer: summer time ends
		{"22:00-07:00", "2026-03-07 23:00:00", "2026-03-08 07:00:00"}, // an hour shorter
		{"00:00-23:59", "2026-09-02 23:59:00", ""},
		{"", "2026-09-02 03:00:00", ""},
	} {
		h, err := may.ParseHours(tt.hours, place)
		if err != nil || h.String() != tt.hours {
			t.Fatalf("%q is read as %q, %v", tt.hours, h, err)
		}
		want := time.Time{}
		if tt.until != "" {
			want = at(tt.until)
		}
		if got := h.Until(at(tt.at).UTC()); !got.Equal(want) {
			t.Errorf("%s at %s: until %v, want %v", tt.hours, tt.at, got, want)
		}
	}
	for _, wrong := range []string{"22:00", "22-7", "25:00-07:00", "07:00-07:00", "at night", "22:00-07:00-08:00"} {
		if _, err := may.ParseHours(wrong, place); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
}
