package say

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// shown are the pages' sentences with where they stand, and every literal at all.
type shown struct {
	said     []sentence
	literals map[string]bool
}

// Every sentence of the pages is in Spanish, and nothing is there that no page says.
func TestWhatThePagesSayIsSpanish(t *testing.T) {
	s := shown{literals: map[string]bool{}}
	for _, ext := range []string{"go", "html", "js"} {
		files, err := filepath.Glob("../*/*." + ext)
		deeper, err2 := filepath.Glob("../*/*/*." + ext)
		top, err3 := filepath.Glob("../*." + ext)
		if err != nil || err2 != nil || err3 != nil {
			t.Fatal(err, err2, err3)
		}
		for _, file := range slices.Concat(top, files, deeper) {
			if !strings.HasSuffix(file, "_test.go") {
				s.read(t, file)
			}
		}
	}
	for _, people := range []string{"user.go", "session.go"} { // roles, and what a browser is called
		s.readGo(t, "../../people/"+people, true)
	}
	if len(s.said) < 150 {
		t.Fatalf("found %d sentences only: the pages are read wrong", len(s.said))
	}
	s.lacking(t)
	s.inVain(t)
}

// lacking tells what Spanish lacks.
func (s *shown) lacking(t *testing.T) {
	w := In(Spanish)
	for _, one := range s.said {
		known := w.Has(one.text) || w.Has("["+one.text+"]") // a sign that stands for what is not seen
		if one.finished && !known {
			_, known = w.whole(one.text, deepest)
		}
		if !known && !same[one.text] {
			t.Errorf("%s: not in Spanish: %q", one.where, one.text)
		}
	}
}

// inVain tells what Spanish has and nothing says.
func (s *shown) inVain(t *testing.T) {
	for _, key := range slices.Sorted(maps.Keys(In(Spanish).phrases)) {
		p := In(Spanish).phrases[key]
		if !p.stage && !s.literals[strings.Trim(key, "[]")] && !byFormat.MatchString(key) {
			t.Errorf("in Spanish and said by nothing: %q", key)
		}
	}
}

// byFormat are the days and months that time.Format makes.
var byFormat = regexp.MustCompile(`^(Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)$`)

// same are those that are written the same in Spanish, or that nobody reads.
var same = set("a long value: see its history in the settings") // in the audit

func (s *shown) read(t *testing.T, file string) {
	t.Helper()
	if strings.HasSuffix(file, ".go") {
		s.readGo(t, file, false)
		return
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(data), "\n") {
		where := fmt.Sprintf("%s:%d", strings.TrimPrefix(file, "../"), i+1)
		how := spokenInPage[filepath.Ext(file)]
		for _, m := range how.FindAllStringSubmatch(line, -1) {
			text, err := strconv.Unquote(`"` + m[1] + `"`)
			if err != nil {
				t.Errorf("%s: %v", where, err)
			}
			s.literals[text] = true
			s.said = append(s.said, sentence{where: where, text: text})
			if strings.HasSuffix(file, ".js") && !slices.Contains(strings.Split(strings.TrimSpace(scripts), "\n"), text) {
				t.Errorf("%s: not in say/scripts.txt: %q", where, text)
			}
		}
		if raw := rawIn(line); strings.HasSuffix(file, ".html") && raw != "" {
			t.Errorf("%s: said in English only: %q", where, raw)
		}
	}
}

// spokenInPage finds what templates and scripts say with a literal.
var spokenInPage = map[string]*regexp.Regexp{
	".html": regexp.MustCompile(`\b(?:say|count [^"}]*)\s+"((?:[^"\\]|\\.)*)"`),
	".js":   regexp.MustCompile(`\bsay\(\s*"((?:[^"\\]|\\.)*)"`),
}

var (
	actions    = regexp.MustCompile(`(?s)\{\{.*?\}\}|<!--.*?-->|<kbd[^>]*>[^<]*</kbd>|&[a-z]+;`)
	markup     = regexp.MustCompile(`<[^>]*>|^[^<]*">|<[^>]*$|\btriage\b`)
	readAloud  = regexp.MustCompile(`\b(?:aria-label|title|placeholder|alt|label)="([^"]*\pL{2}[^"]*)"`)
	wordsInRaw = regexp.MustCompile(`\pL{3,}`)
)

// rawIn is what a line of a template says by itself.
func rawIn(line string) string {
	line = actions.ReplaceAllString(line, "")
	if m := readAloud.FindStringSubmatch(line); m != nil {
		return m[1]
	}
	if text := strings.TrimSpace(markup.ReplaceAllString(line, " ")); strings.Contains(line, "<") && wordsInRaw.MatchString(text) {
		return text
	}
	return ""
}

// readGo takes what is said with a literal, what refusals say, and all that looks like
// a sentence: what a table holds is said elsewhere.
func (s *shown) readGo(t *testing.T, file string, onlyLiterals bool) {
	t.Helper()
	places := token.NewFileSet()
	tree, err := parser.ParseFile(places, file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	at := func(n ast.Node) string {
		return fmt.Sprintf("%s:%d", strings.TrimPrefix(file, "../"), places.Position(n.Pos()).Line)
	}
	literal := func(e ast.Expr) string {
		if text, is := flat(e); is {
			return text
		}
		return ""
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok {
			s.literals[literal(l)] = true
			if text := literal(l); !onlyLiterals && likeASentence.MatchString(text) {
				s.said = append(s.said, sentence{at(l), text, true})
			}
		}
		if forTheRecord(n) {
			return false
		}
		call, ok := n.(*ast.CallExpr)
		if !ok || onlyLiterals {
			return !silent(n, false, false)
		}
		if f, ok := call.Fun.(*ast.SelectorExpr); ok && len(call.Args) > 0 {
			said := call.Args[min(len(call.Args)-1, map[string]int{"Count": 1}[f.Sel.Name])]
			if text := literal(said); (f.Sel.Name == "Say" || f.Sel.Name == "Count") && text != "" && !strings.HasPrefix(fmt.Sprint(f.X), "strings") {
				s.literals[text] = true
				s.said = append(s.said, sentence{at(call), text, false})
			}
		}
		return !silent(n, false, false)
	})
}

// forTheRecord reports whether n is what the audit is told.
func forTheRecord(n ast.Node) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return false
	}
	f, ok := call.Fun.(*ast.SelectorExpr)
	return ok && (f.Sel.Name == "record" || f.Sel.Name == "Record")
}

// likeASentence is what has a capital and three words, or ends like one.
var likeASentence = regexp.MustCompile(`^(\pL[\pL’']* )(.*\pL+ .*\pL+|.*[.!?…]$)|^\pL[\pL’']* \pL+$`)
