package config

import "testing"

func TestPlaces(t *testing.T) {
	const text = `# a comment with [brackets] and = signs
top.inner = 1
[a]
"quoted.key" = "x # [y]" # comment
b = """
[no]
not = "1"
\"""  """
c = '''
d = 2'''
e = [ "]",
  [1, 2], # ] "
  { f = "}" } ]
[ a . 'g' ]
h = "\\"
i=1
[[list]]
j = 1
[[list.of]]
k = 1
[[list.of]]
k = 2
[[list]]
j = 2
[list.sub]
l = 3
[[list.of]]
k = 3
m = """x"""""
n = ''''y'''
o = 1`
	want := map[string]int{
		"top": 2, "top.inner": 2, "a": 3, "a.quoted": 4, "a.quoted.key": 4, "a.b": 5, "a.c": 9, "a.e": 11, "a.g": 14, "a.g.h": 15, "a.g.i": 16,
		"list": 17, "list[0]": 17, "list[0].of": 19, "list[1].of": 27, "list[0].j": 18, "list[0].of[0]": 19, "list[0].of[0].k": 20, "list[0].of[1]": 21, "list[0].of[1].k": 22,
		"list[1]": 23, "list[1].j": 24, "list[1].sub": 25, "list[1].sub.l": 26, "list[1].of[0]": 27, "list[1].of[0].k": 28,
		"list[1].of[0].m": 29, "list[1].of[0].n": 30, "list[1].of[0].o": 31,
	}
	got := places("f", text)
	for path, line := range want {
		if got[path].line != line {
			t.Errorf("%s is on line %d, want %d", path, got[path].line, line)
		}
	}
	for path := range got {
		if want[path] == 0 {
			t.Errorf("there is no %s", path)
		}
	}
}

func TestWithoutIndices(t *testing.T) {
	for path, want := range map[string]string{"": "", "a.b": "a.b", "a[0]": "a", "a[12].b[3].c": "a.b.c"} {
		if got := withoutIndices(path); got != want {
			t.Errorf("%q becomes %q, want %q", path, got, want)
		}
	}
}
