package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"triage/internal/bus/cluster"
	"triage/internal/ingest"
	"triage/internal/sandbox"
)

// TestCrashMatrixOfSending kills the service, kill -9, at every step of sending an
// approved action, on every platform, and loses answers before and after the write.
// Afterwards nothing went out twice, nothing is said to have gone out that did not,
// and every approved action went out or is with a person who is told why.
func TestCrashMatrixOfSending(t *testing.T) {
	t.Parallel()
	rounds := 1
	if long() {
		rounds = 12
	}
	m := openMatrix(t, "", 1, rounds)
	for n := range rounds {
		m.crash(n)
	}
	m.judge()
}

// TestCrashMatrixOfRacers is the same with two replicas on a cluster, of which the
// one that sends is killed, or stopped until the other has taken over and then
// woken: what it was at happens late.
func TestCrashMatrixOfRacers(t *testing.T) {
	t.Parallel()
	if !long() {
		t.Skip("a lease must end in every round: make soak")
	}
	const rounds = 11
	m := openMatrix(t, natsSection(cluster.Start(t).Access(t)), 2, rounds)
	for n := range rounds {
		m.race(n, n%2 == 1)
	}
	m.judge()
}

// matrix is a practice with an account for each platform and step.
type matrix struct {
	t         *testing.T
	spots     []*spot
	practices []practiceDir // one for each process
	process   []*process
	desks     []*desk
	names     ingest.Namer
	random    *rand.Rand
	kills     int
	missed    int
}

// openMatrix starts the processes, and has a case ready for each round and account.
func openMatrix(t *testing.T, store string, processes, rounds int) *matrix {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	m := &matrix{t: t, random: rand.New(rand.NewPCG(seed, 0)), process: make([]*process, processes), desks: make([]*desk, processes)}
	for platform := range spotKinds {
		for i, step := range crashSteps {
			m.spots = append(m.spots, openSpot(t, fmt.Sprint(platform, "-", i+1), step, processes))
		}
	}
	for i := range processes {
		sections := store
		for _, s := range m.spots {
			sections += s.section(i)
		}
		m.practices = append(m.practices, newPractice(t, "", sections))
		if i > 0 {
			sameKey(t, m.practices[0], m.practices[i])
		}
		m.start(i)
	}
	m.names = m.practices[0].names(t)
	for n := range rounds {
		for _, s := range m.spots {
			s.patient(t, fmt.Sprintf("Since my knee surgery %d it hurts every night", n))
		}
	}
	eventually(t, 2*time.Minute, "all cases", func() bool { return settled(m.desks[0], rounds*len(m.spots)) })
	return m
}

// patient writes a comment there; on X somebody who wrote to the practice before.
func (s *spot) patient(t *testing.T, text string) {
	t.Helper()
	author := fmt.Sprint("Pat Example ", len(s.items)) // X shows messages by person
	c := sandbox.Comment{Platform: s.platform, Text: text, Author: &author}
	if s.platform == "x" {
		c.More = map[string]string{"message": "May I ask you something?"}
	}
	item, err := s.Add(c)
	if err != nil {
		t.Fatal(err)
	}
	s.items = append(s.items, item)
}

// start starts the ith process and signs in there.
func (m *matrix) start(i int) {
	m.t.Helper()
	m.process[i] = start(m.t, "run", "--config", m.practices[i].config)
	m.desks[i] = m.practices[0].signIn(m.t, m.process[i].value("page"))
}

// arm plans the step of each account, and approves there.
func (m *matrix) arm(round int, by *desk) (plans []*plan) {
	m.t.Helper()
	for _, s := range m.spots {
		item := s.items[round]
		if s.fault != "" {
			s.call("POST", "faults", map[string]any{"match": s.method(s.kind(round)), "times": 1, "do": s.fault, "status": http.StatusServiceUnavailable}, nil)
		}
		plans = append(plans, s.hold(s.crashStep, item))
		id := m.names.ID(s.platform, s.name, s.prefix+item)
		if !by.act(id, s.kind(round), round) {
			m.t.Errorf("%s: %s was not accepted", s.name, s.kind(round))
			continue
		}
		s.done[item] = s.kind(round)
	}
	return plans
}

// openings make replies that differ: X takes the same text once a day.
var openings = []string{"Thank you for reaching out.", "Thank you for writing.", "Thank you for your comment.", "Thank you for getting in touch.",
	"Thank you for taking the time to write.", "Thank you for your message.", "Thanks for reaching out.", "Thanks for writing.",
	"Thanks for your comment.", "Thanks for getting in touch.", "Thanks for taking the time to write.", "Thanks for your message."}

// act approves one action of that kind.
func (k *desk) act(id string, kind ingest.ActionKind, round int) bool {
	text := openings[round] + " To protect everyone's privacy we keep personal matters off this page. Please call our office at (503) 555-0142."
	_, body := k.get("/cases/" + id)
	step := stepField.FindStringSubmatch(body)
	if step == nil {
		return false
	}
	form := url.Values{"step": {step[1]}, "reply": {""}}
	switch kind {
	case ingest.Reply:
		form.Set("reply", text)
	case ingest.Private:
		form.Set("private", "yes")
		form.Set("private_text", text)
	case ingest.Hide:
		form.Set("hide", "yes")
		form.Set("reason", "identifier")
	}
	code, _ := k.post("/cases/"+id+"/approve", form)
	return code == http.StatusOK
}

// wait waits until each request is held.
func (m *matrix) wait(plans []*plan, within time.Duration) {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(m.t.Context(), within)
	defer cancel()
	for i, p := range plans {
		select {
		case <-p.reached:
		case <-ctx.Done():
			m.missed++
			m.t.Logf("%s did not come to: %s", m.spots[i].name, p.at)
		}
	}
}

// crash has each account come to its step, and kills the process there; where the
// step says so, the next one too.
func (m *matrix) crash(round int) {
	m.t.Helper()
	plans := m.arm(round, m.desks[0])
	m.wait(plans, 30*time.Second)
	m.kill(plans)
	var looking []*plan
	for _, s := range m.spots {
		if s.again {
			looking = append(looking, s.hold(crashStep{at: s.name}, s.items[round]))
		}
	}
	m.start(0)
	m.wait(looking, 30*time.Second)
	m.kill(looking)
	m.start(0)
}

// kill lets those answers arrive that are to, and kills the process a moment later.
func (m *matrix) kill(plans []*plan) {
	for _, p := range plans {
		if p.answer {
			close(p.release)
		}
	}
	<-time.After(time.Duration(m.random.IntN(4000)) * time.Microsecond)
	m.process[0].kill()
	m.kills++
	for _, p := range plans {
		if !p.answer {
			close(p.release)
		}
	}
}

// race does it with the process that sends, while another waits to take over.
func (m *matrix) race(round int, stop bool) {
	m.t.Helper()
	plans := m.arm(round, m.desks[round%2])
	m.wait(plans, time.Minute)
	sender := 0
	for _, p := range plans {
		select {
		case <-p.reached:
			sender = p.from
		default:
		}
	}
	m.kills++
	if !stop {
		for _, p := range plans {
			close(p.release)
		}
		m.process[sender].kill()
		m.start(sender)
		return
	}
	p := m.process[sender]
	_ = p.cmd.Process.Signal(syscall.SIGSTOP)
	var taken []*plan
	for i, s := range m.spots { // the other looks at what the first was at
		if plans[i].write {
			taken = append(taken, s.hold(crashStep{at: "taken over", pass: true, answer: true}, s.items[round]))
		}
	}
	m.wait(taken, 40*time.Second)
	for _, p := range append(plans, taken...) {
		p.late = true
		close(p.release)
	}
	_ = p.cmd.Process.Signal(syscall.SIGCONT)
}

// sameKey gives another process the key of the first, as on another machine.
func sameKey(t *testing.T, from, to practiceDir) {
	t.Helper()
	writeKey(t, to, readFile(t, from.data+"/practice.key"))
}

// judge stops everything and compares the store with what the platforms show.
func (m *matrix) judge() {
	m.t.Helper()
	total := 0
	for _, s := range m.spots {
		total += len(s.items)
	}
	alive := m.desks[len(m.desks)-1]
	eventually(m.t, 3*time.Minute, "an end of everything under way", func() bool { return settled(alive, total) })
	for _, p := range m.process {
		p.stop()
	}
	v := verdicts{t: m.t, why: map[string]int{}, where: map[string]int{}}
	st := openStopped(m.t, m.practices[0])
	for _, s := range m.spots {
		shown := map[string]sandbox.CommentState{}
		for _, c := range s.State().Comments {
			shown[c.ID] = c
		}
		for item, kind := range s.done {
			c, err := st.Cases.Get(m.t.Context(), m.names.ID(s.platform, s.name, s.prefix+item))
			if err != nil {
				m.t.Fatal(err)
			}
			v.of(s, c, kind, shown[item])
		}
		for path, n := range s.puts {
			if n > 1 {
				v.doubles++
				m.t.Errorf("%s: %s was written %d times", s.name, strings.ReplaceAll(path, "/", " "), n)
			}
		}
	}
	v.say(m.kills, m.missed)
}
