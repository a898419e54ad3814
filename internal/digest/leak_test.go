package digest

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"triage/internal/ingest"
	"triage/internal/respond"
)

// canary is in everything that a case holds and that no letter may say.
const canary = "canary"

// plant puts the canary into every string of a value but those that a letter is made of.
func plant(v reflect.Value, path string, n *int) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			plant(v.Elem(), path, n)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				plant(v.Field(i), path+"."+v.Type().Field(i).Name, n)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			plant(v.Index(i), path+"[]", n)
		}
	case reflect.String:
		if !known[path] {
			v.SetString(fmt.Sprintf("%s-%d https://platform.example/%s", canary, *n, path))
			*n++
		}
	}
}

// known are what letters are made of.
var known = map[string]bool{".Comment.ID": true, ".Comment.Platform": true, ".Comment.Account": true, ".Lane": true, ".Outcome.Code": true, ".Sampled": true,
	".Actions[].Kind": true, ".Actions[].State": true, ".Actions[].By": true, ".History[].Do": true, ".History[].By": true, ".Judgement.WhyNot": true}

// Whatever the cases hold, no letter, in no state and no language, says any of it, nor
// does the log.
func TestNothingLeaks(t *testing.T) {
	var log bytes.Buffer
	planted := 0
	w := busy()
	for id, c := range w.shelf.all {
		c.Comment.Content = ingest.Content{Text: "-", Author: "-", Link: "-", Title: "-"}
		c.Suggestion, c.Notes, c.Proposal = &respond.Suggestion{}, []respond.Note{{}}, &respond.Proposal{By: "otto"}
		c.Assignee, c.Model = "-", "-"
		plant(reflect.ValueOf(&c).Elem(), "", &planted)
		w.shelf.all[id] = c
	}
	if planted < 100 {
		t.Fatalf("only %d canaries were planted", planted)
	}
	for i := range w.health { // sentences of ours that some day hold what they must not
		w.health[i].Why = "see https://platform.example/" + canary
		w.health[i].Lacks, w.health[i].Withheld = []string{canary}, []string{canary}
	}
	w.states.all[1].Why = canary + "@practice.example was refused"
	w.calls[0].What = "look at www." + canary + ".example"
	w.Log = zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zapcore.EncoderConfig{MessageKey: "m"}), zapcore.AddSync(&log), zap.DebugLevel))
	for _, kind := range []Kind{Morning, Weekly} {
		for _, lang := range []string{"en", "es"} {
			l := w.write(t, kind, lang)
			for what, text := range map[string]string{"subject": l.Subject, "text": l.Text, "HTML": l.HTML, "log": log.String()} {
				if strings.Contains(text, canary) || strings.Contains(text, "platform.example") {
					t.Errorf("%s %s: the %s has a canary:\n%s", kind, lang, what, text)
				}
				if strings.Contains(text, "case0") {
					t.Errorf("%s %s: the %s names a case", kind, lang, what)
				}
			}
			if strings.Contains(l.Subject, "cedar") {
				t.Errorf("%s: the subject names an account: %s", kind, l.Subject)
			}
		}
	}
}
