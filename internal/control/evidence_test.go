package control

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"triage/internal/store"
)

func TestEvidence(t *testing.T) {
	s := newService(t)
	s.comments(t, "somebody", 20)
	me := s.client(t, "")
	var exported, data, keys bytes.Buffer
	must(t, me.Fetch(t.Context(), "/audit/export?format=csv&from=2020-01-01T00:00:00Z", &exported))
	if !strings.Contains(exported.String(), "exported") || !strings.Contains(exported.String(), "policy,1") {
		t.Errorf("export: %s", exported.String())
	}
	if err := me.Fetch(t.Context(), "/audit/export?format=pdf", io.Discard); err == nil || !strings.Contains(err.Error(), "jsonl") {
		t.Errorf("export as pdf: %v", err)
	}
	var report struct {
		Records uint64
		Faults  []any
	}
	must(t, me.Send(t.Context(), "/audit/verify", strings.NewReader(""), &report))
	if report.Records != 3 || len(report.Faults) > 0 { // two exports, of which one was not done
		t.Errorf("report: %+v", report)
	}
	must(t, me.Fetch(t.Context(), "/backup/data", &data))
	must(t, me.Fetch(t.Context(), "/backup/keys", &keys))
	other := newService(t)
	r, err := other.Load(t.Context(), store.Restore{Data: &data, Keys: &keys, Secrets: [][]byte{s.options.BackupKey}})
	if err != nil || r.Practice != "Test" || r.Records < 60 {
		t.Errorf("restored %+v, %v", r, err)
	}
	s.silent(t, exported.String(), data.String(), keys.String())
}
