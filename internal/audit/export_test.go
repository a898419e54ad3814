package audit

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// exported is a log in which names try to be formulas, and its export.
func exported(t *testing.T, m *memory, o ExportOptions) []byte {
	t.Helper()
	l, _ := openLog(t, m)
	l.o.Practice = `=HYPERLINK("x"),"y`
	if len(m.entries) == 0 {
		list := acts(10)
		list[4].On, list[4].Note, list[5].By, list[5].Note = "=1+1", "'a", "@ada", `+"a",b`
		if err := l.Append(t.Context(), list...); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := l.Export(t.Context(), &b, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// middle are the options for the records 4 to 8.
var middle = ExportOptions{From: time.Unix(1_800_000_003, 0), To: time.Unix(1_800_000_008, 0), Policy: "3"}

// wantPart checks a part of the log with the key alone, as an auditor can.
func wantPart(t *testing.T, records []Record, begin, end MAC) {
	t.Helper()
	if len(records) != 5 || records[0].N != 4 || records[0].Prev != begin || records[4].MAC != end {
		t.Fatalf("%d records: %+v", len(records), records)
	}
	k, err := newKeys(testKey)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range records {
		if sum(k.mac(), r.body()) != r.MAC || i > 0 && r.Prev != records[i-1].MAC {
			t.Errorf("record %d cannot be checked: %+v", r.N, r)
		}
	}
}

func TestExportedLinesCanBeChecked(t *testing.T) {
	o := middle
	o.Format = "jsonl"
	d := json.NewDecoder(bytes.NewReader(exported(t, &memory{}, o)))
	var h Header
	if err := d.Decode(&h); err != nil || h.Records != 5 || h.Policy != "3" || h.Faults != 0 || h.Practice != `=HYPERLINK("x"),"y` || !h.To.Equal(o.To) {
		t.Fatalf("header %+v, %v", h, err)
	}
	var records []Record
	for d.More() {
		var r Record
		if err := d.Decode(&r); err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	wantPart(t, records, h.Begin, h.End)
}

func TestExportedTableRunsNoFormula(t *testing.T) {
	o := middle
	o.Format = "csv"
	r := csv.NewReader(bytes.NewReader(exported(t, &memory{}, o)))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, c := range row {
			if strings.IndexAny(c, "=+-@\t\r\n") == 0 {
				t.Errorf("a spreadsheet takes %q for a formula", c)
			}
		}
	}
	facts := map[string]string{}
	for _, row := range rows[:10] {
		facts[row[0]] = row[1]
	}
	if facts["practice"] != `'=HYPERLINK("x"),"y` || facts["records"] != "5" || facts["faults"] != "0" {
		t.Errorf("header %v", facts)
	}
	var begin, end MAC
	if begin.UnmarshalText([]byte(facts["begin"])) != nil || end.UnmarshalText([]byte(facts["end"])) != nil {
		t.Error("the heads cannot be read")
	}
	wantPart(t, fromTable(t, rows[10:]), begin, end)
}

// fromTable reads the rows back by the names of their columns.
func fromTable(t *testing.T, rows [][]string) []Record {
	t.Helper()
	var records []Record
	for _, row := range rows[1:] {
		fields := map[string]any{}
		for i, name := range rows[0] {
			fields[name] = strings.TrimPrefix(row[i], "'")
		}
		fields["n"] = json.Number(row[0])
		b, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		var r Record
		if err := json.Unmarshal(b, &r); err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	return records
}

func TestExportSaysThatTheLogIsBroken(t *testing.T) {
	m := &memory{}
	exported(t, m, ExportOptions{Format: "csv"})
	s := &spoilt{memory: m}
	s.forge(1)
	m.entries[6].Data = nil
	out := exported(t, m, ExportOptions{Format: "jsonl"})
	if !bytes.Contains(out, []byte(`"records":9,`)) || !bytes.Contains(out, []byte(`"faults":2}`)) || bytes.Count(out, []byte("\n")) != 10 {
		t.Errorf("exported %s", out)
	}
	m.entries[9].Data[0] = 0 // the log does not even open
	var b bytes.Buffer
	if err := Export(t.Context(), &b, Options{Journal: m, Key: testKey}, ExportOptions{Format: "jsonl"}); err != nil || !bytes.Contains(b.Bytes(), []byte(`"faults":3}`)) {
		t.Errorf("%v, exported %s", err, &b)
	}
	l, _ := openLog(t, &memory{})
	if err := l.Export(t.Context(), &bytes.Buffer{}, ExportOptions{Format: "xml"}); err == nil {
		t.Error("an unknown format was taken")
	}
}

func TestExportEndsWhereItsHeaderSays(t *testing.T) {
	m := &memory{}
	l, _ := openLog(t, m)
	if err := l.Append(t.Context(), acts(4)...); err != nil {
		t.Fatal(err)
	}
	l.o.Journal = &growing{m, func() { _ = l.Append(t.Context(), acts(1)...) }}
	var b bytes.Buffer
	if err := l.Export(t.Context(), &b, ExportOptions{Format: "jsonl"}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(b.Bytes(), []byte(`"records":4,`)) || bytes.Count(b.Bytes(), []byte("\n")) != 5 || len(m.entries) <= 4 {
		t.Errorf("exported %s", &b)
	}
}
