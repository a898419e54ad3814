package store

import (
	"testing"
	"time"

	"triage/internal/alert"
)

// What the pager changes after it was stored changes nothing that the desk reads: both at
// once would end the process.
func TestStoredLinesAreNotThePagers(t *testing.T) {
	p := open(t, t.TempDir())
	for range 50 {
		told := alert.Told{Alert: alert.Alert{Key: "cases/urgent/cedar", Severity: alert.Page}, Began: time.Now(), Lines: map[string]alert.Heard{"sms": {Channel: "sms", Times: 1}}}
		must(t, p.OnCall.Told.Put(t.Context(), told))
		told.Lines["voice"] = alert.Heard{Channel: "voice"}
		if lines := p.OnCall.Told.All()[0].Lines; len(lines) != 1 {
			t.Fatalf("the desk reads the pager's own map: %d lines", len(lines))
		}
	}
}
