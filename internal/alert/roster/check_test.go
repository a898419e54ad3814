package roster

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestValidate(t *testing.T) {
	if err := sound(t).Validate(); err != nil {
		t.Fatal(err)
	}
	if err := (&Plan{Zone: time.UTC, Team: []Line{{Channel: "chat"}}}).Validate(); err != nil {
		t.Error("a team alone is a plan:", err)
	}
	for _, c := range []struct {
		name  string
		spoil func(p *Plan)
		want  string
	}{
		{"no zone", func(p *Plan) { p.Zone = nil }, `zone is missing: write it such as "America/New_York"`},
		{"no name", func(p *Plan) { p.People[1].Name = "" }, "person 2 has no name: write one"},
		{"comma", func(p *Plan) { p.People[3].Name = "kim, lee" }, "must have no comma"},
		{"spaces", func(p *Plan) { p.People[3].Name = " kim" }, "no spaces around it"},
		{"twin", func(p *Plan) { p.People[3].Name = "dana" }, `person "dana" is there twice`},
		{"no line", func(p *Plan) { p.People[0].Lines = nil }, `person "dana" is called at once on no line: give her one`},
		{"only later", func(p *Plan) { p.People[0].Lines[0].After = time.Minute }, `person "dana" is called at once on no line`},
		{"no channel", func(p *Plan) { p.People[0].Lines[0].Channel = "" }, "line 1 has no channel: write its name"},
		{"line twice", func(p *Plan) { p.People[0].Lines = append(p.People[0].Lines, p.People[0].Lines[0]) }, "line 2 is the same"},
		{"line too late", func(p *Plan) {
			p.People[0].Lines = append(p.People[0].Lines, Line{Channel: "mail", After: 25 * time.Hour})
		}, "line 2 is tried too late: write a time"},
		{"rotation without a name", func(p *Plan) { p.Rotations[0].Name = ""; p.Steps = nil }, "rotation 1 has no name"},
		{"rotation twice", func(p *Plan) { p.Rotations[1].Name = "primary" }, `rotation "primary" is there twice`},
		{"rotation of nobody", func(p *Plan) { p.Rotations[0].People = nil }, `rotation "primary": it has nobody: write`},
		{"rotation of a stranger", func(p *Plan) { p.Rotations[0].People[1] = "zoe" }, `rotation "primary": there is no person "zoe": write`},
		{"twice in a row", func(p *Plan) { p.Rotations[0].People[1] = "dana" }, `"dana" comes twice in a row`},
		{"turn of 0", func(p *Plan) { p.Rotations[0].Turn = Turn{} }, `write weeks, days or hours, such as "1w"`},
		{"two turns", func(p *Plan) { p.Rotations[0].Turn = Turn{Days: 1, Hours: 1} }, "no turn"},
		{"no start", func(p *Plan) { p.Rotations[0].Start = time.Time{} }, "the start is missing: write when"},
		{"rotation in no step", func(p *Plan) { p.Steps[1].Rotations = nil }, `rotation "primary" is called by no step: write "rotation primary"`},
		{"step of nobody", func(p *Plan) { p.Steps[2] = Step{} }, "step 3: it calls nobody: write"},
		{"everybody of nobody", func(p *Plan) { *p = Plan{Zone: time.UTC, Steps: []Step{{Everybody: true}}} }, "step 1: it calls nobody"},
		{"unknown rotation", func(p *Plan) { p.Steps[0].Rotations = []string{"office", "night"} }, `step 1: there is no rotation "night"`},
		{"rotation twice in a step", func(p *Plan) { p.Steps[0].Rotations = []string{"office", "office"} }, `rotation "office" is there twice`},
		{"unknown person", func(p *Plan) { p.Steps[1].People = []string{"zoe"} }, `step 2: there is no person "zoe"`},
		{"person twice in a step", func(p *Plan) { p.Steps[1].People = []string{"kim", "kim"} }, `person "kim" is there twice`},
		{"no wait", func(p *Plan) { p.Steps[1].Wait = 0 }, `step 2: the wait is missing or longer than 24 hours: write`},
		{"long wait", func(p *Plan) { p.Steps[2].Wait = 25 * time.Hour }, "step 3: the wait"},
		{"team later", func(p *Plan) { p.Team[0].After = time.Minute }, `team: all its lines are told at once: remove "after"`},
		{"team twice", func(p *Plan) { p.Team = append(p.Team, p.Team[0]) }, "team: line 2 is the same"},
		{"always quiet", func(p *Plan) { p.Quiet = must[Hours](t)(ParseHours([]string{"08:00-20:00", "20:00-08:00"})) }, "quiet hours are all of the week"},
		{"override by a stranger", func(p *Plan) { p.Overrides = []Override{{Person: "zoe"}} }, `there is no person "zoe"`},
		{"override of no rotation", func(p *Plan) { p.Overrides = []Override{{Person: "kim", Rotation: "night"}} }, `there is no rotation "night": choose`},
		{"override that ends first", func(p *Plan) {
			p.Overrides = []Override{{Person: "kim", From: time.Unix(9, 0), Until: time.Unix(9, 0)}}
		}, "write a later end"},
		{"override for ever", func(p *Plan) {
			p.Overrides = []Override{{Person: "kim", From: time.Unix(9, 0), Until: time.Unix(9, 0).AddDate(2, 0, 0)}}
		}, "write an earlier end"},
	} {
		p := sound(t)
		c.spoil(p)
		err := p.Validate()
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "5550123") {
			t.Errorf("%s: an address is in the error: %v", c.name, err)
		}
	}
}

// Whoever reads the configuration is shown the entry and the key that is wrong.
func TestFaultsSayWhere(t *testing.T) {
	for want, spoil := range map[string]func(p *Plan){
		"person[2].name":     func(p *Plan) { p.People[2].Name = "" },
		"person[1].reach":    func(p *Plan) { p.People[1].Lines = nil },
		"rotation[1].name":   func(p *Plan) { p.Rotations[1].Name = p.Rotations[0].Name },
		"rotation[1].people": func(p *Plan) { p.Rotations[1].People = []string{"lea"} },
		"rotation[0].turn":   func(p *Plan) { p.Rotations[0].Turn = Turn{} },
		"rotation[0].start":  func(p *Plan) { p.Rotations[0].Start = time.Time{} },
		"step[1].call":       func(p *Plan) { p.Steps[1].Rotations = []string{"primry"} }, // and not: primary is in no step
		"step[1].wait":       func(p *Plan) { p.Steps[1].Wait = 0 },
	} {
		p := sound(t)
		spoil(p)
		var f *Fault
		if err := p.Validate(); !errors.As(err, &f) || fmt.Sprintf("%s[%d].%s", f.Section, f.Number, f.Key) != want {
			t.Errorf("want %s: %v, %+v", want, err, f)
		}
	}
	p := sound(t)
	p.Steps[0].People = []string{"danna"}
	if err := p.Validate(); err == nil || !strings.Contains(err.Error(), "there are: dana, ") {
		t.Errorf("it does not say who there is: %v", err)
	}
}

func sound(t *testing.T) *Plan {
	p := cedar(t)
	p.Overrides = p.Overrides[:3]
	for i := range p.People {
		p.People[i].Lines = []Line{{Channel: "sms", To: "+15035550123"}}
	}
	p.Rotations = slices.Clone(p.Rotations)
	return p
}

// Whatever is wrong with a plan that got past Validate, it calls somebody or nobody, and
// never fails.
func TestASpoiledPlanStillAnswers(t *testing.T) {
	p := sound(t)
	now := at(t, p, "2026-11-23 10:00")
	p.Zone = nil
	p.Rotations[0].Turn = Turn{}
	p.Rotations[1].People = nil
	same(t, "on call", table(p.OnCall(now)), "primary dana: ever to Tue 24 20:00 +0000")
	same(t, "called", called(p, 0, now)+"/"+called(p, 1, now)+"/"+called(p, 2, now), "/dana kim/lee marta")
	p.Steps = nil
	if gaps := p.Gaps(now, now.AddDate(0, 1, 0)); gaps != nil {
		t.Errorf("gaps although somebody always has the duty: %s", table(gaps))
	}
	p.Rotations[0].People, p.Overrides = []string{"zoe"}, nil
	same(t, "gap", table(p.Gaps(now, now.Add(time.Hour))), ": Mon 23 18:00 +0000 to Mon 23 19:00 +0000")
	if who, ok := p.Person("zoe"); ok {
		t.Errorf("nobody is called zoe: %v", who)
	}
}
