// Written by tools/make_highlighting.py from editors/jupyterlab/src.
(() => {
"use strict";

// Colours for CodeMirror, by the rules of the other highlighters (compiler/archlang/highlighting/pygments_lexer.py).

const WORD = /^[\p{L}\p{N}_]+/u;
const NAME = /^[A-Za-z_][A-Za-z_0-9]*$/;
const NUMBER = /^(?:0[xX]\w*|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d\w*|\w*))/;
const STRING = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/;

// What stands behind a word, to the end of the line.
const NOT_A_NAME = /^\s*(?:->|=|\.|\(|\[|,|:|as(?!\w))/;
const DECLARES = /^\s+[A-Za-z_]\w*\s*(?:[{(=]|for(?!\w)|from(?!\w))/;
const BEGINS_PHASE = /^\s*(?:[A-Za-z_]|\{)/;
const ASSIGNED = /^\s*=(?!=)/;
const NAMED = /^\s+(?!for(?!\w))[A-Za-z_]/;
const BEGINS_STRING = /^\s*["']/;
const CALLED = /^\s*\(/;

// What stands before a word that is a value.
const VALUE = /(?:=|=\s|\[|,\s)$/;

const PYTHON = new Set(["layer", "loss", "metric"]);
const NAMING = new Set(["let", "shared", "learned"]);
const CLOSES = { "}": "{", ")": "(", "]": "[" };

/** A `StreamParser` as CodeMirror takes them, from lists of words by their kinds (compiler/archlang/highlighting/codemirror.py). */
function makeLanguage(words) {
  const sets = Object.fromEntries(Object.entries(words).map(([kind, list]) => [kind, new Set(list)]));
  return { ...LANGUAGE, token: (stream, state) => token(sets, stream, state) };
}

const LANGUAGE = {
  name: "arch",
  startState: () => ({ open: [], begins: true, line: "", next: "" }),
  copyState: (state) => ({ ...state, open: [...state.open] }),
  indent(state, after, context) {
    const closes = /^[}\])]/.test(after) ? 1 : 0;
    return context.unit * Math.max(0, state.open.length - closes);
  },
  languageData: {
    commentTokens: { line: "#" },
    closeBrackets: { brackets: ["(", "[", "{", '"', "'"] },
    indentOnInput: /^\s*[}\])]$/,
  },
};

function token(sets, stream, state) {
  if (stream.sol()) {
    Object.assign(state, { begins: true, line: "", next: "" });
  }
  if (stream.eatSpace()) return null;
  const { begins, next } = state;
  const first = begins && stream.string.slice(0, stream.pos).trim() === "";
  state.begins = false;
  state.next = "";
  if (stream.match(/^#.*/)) return "comment";
  if (stream.match(STRING)) {
    if (state.line === "import") state.next = "import";
    return "string";
  }
  if (stream.match(/^["'].*/)) return "invalid";
  if (stream.match(NUMBER)) return "number";
  if (stream.match(WORD)) return wordAt(sets, stream, state, begins, first, next);
  if (stream.match(/^(?:->|\*\*|\/\/|==|!=|<=|>=|[-+*/%<>=])/)) return "operator";
  return punctuation(stream, state);
}

function punctuation(stream, state) {
  const character = stream.next();
  if ("{([".includes(character)) {
    state.open.push(character);
    state.begins = character === "{";
    return "bracket";
  }
  if (character in CLOSES) {
    if (state.open.at(-1) === CLOSES[character]) state.open.pop();
    return "bracket";
  }
  if (character === ".") state.next = "member";
  return "punctuation";
}

/** The kind of the word that the stream has just gone over. */
function wordAt(sets, stream, state, begins, first, next) {
  const word = stream.current();
  const behind = stream.string.slice(stream.pos);
  const before = stream.string.slice(0, stream.start);
  const inside = state.open.at(-1);
  if (!NAME.test(word)) return null;
  if (next === "member") return "variableName.function";
  if (next === "type" || next === "variable") return next === "type" ? "className.definition" : "variableName.definition";
  if (state.line === "import") {
    if (next === "import" && word === "import") return "moduleKeyword";
    return "className";
  }
  if (inside === undefined && first) {
    if (word === "from" && BEGINS_STRING.test(behind)) {
      state.line = "import";
      return "moduleKeyword";
    }
    if (PYTHON.has(word) && !NOT_A_NAME.test(behind)) {
      state.line = "python";
      state.next = "type";
      return "definitionKeyword";
    }
  }
  if (state.line === "python" && inside === undefined && word === "from") return "moduleKeyword";
  if (begins && declares(sets, word, behind, inside)) {
    if (NAMED.test(behind)) state.next = "type";
    return "definitionKeyword";
  }
  if (inside === "{" && begins && !sets.keywords.has(word) && ASSIGNED.test(behind)) return "propertyName";
  if (inside === "(" && ASSIGNED.test(behind)) return "propertyName";
  if (NAMING.has(word) && /^\s+[A-Za-z_]/.test(behind)) {
    state.next = "variable";
    return "keyword";
  }
  if (sets.operators.has(word)) return "operatorKeyword";
  if (sets.constants.has(word)) return "atom";
  if (sets.keywords.has(word)) return "keyword";
  if (sets.types.has(word)) return "variableName.standard";
  if (sets.sources.has(word) && CALLED.test(behind)) return "variableName.standard";
  if (sets.values.has(word) && VALUE.test(before) && !/^\s*[(=]/.test(behind)) return "atom";
  if (sets.classes.has(word)) return "className";
  if (CALLED.test(behind)) return "variableName.function";
  return "variableName";
}

function declares(sets, word, behind, inside) {
  if (inside === undefined) return sets.declarations.has(word) && !NOT_A_NAME.test(behind);
  if (inside !== "{") return false;
  if (word === "phase") return BEGINS_PHASE.test(behind) && !NOT_A_NAME.test(behind);
  return sets.declarations.has(word) && DECLARES.test(behind);
}

// The plugin of JupyterLab: `.arch` is a type of file with colours, and jupyterlab-lsp finds the server by its MIME type.
// In notebooks, a cell of `%%arch` is a spec of its own.

const MIME = "text/x-arch";
const MAGIC = /^%%arch(?![^\s])[^\n]*\n/;

/** The plugin for a language; `provided` gives the packages that JupyterLab brings. */
async function makePlugin(arch, provided) {
  const { IEditorLanguageRegistry } = await provided("@jupyterlab/codemirror");
  const { ILSPCodeExtractorsManager } = await provided("@jupyterlab/lsp");
  return {
    id: "archlang:plugin",
    description: "Adds the file type and the language of archlang specs.",
    autoStart: true,
    requires: [IEditorLanguageRegistry],
    optional: [ILSPCodeExtractorsManager],
    activate(app, languages, extractors) {
      app.docRegistry.addFileType({
        name: "arch",
        displayName: "archlang spec",
        extensions: [".arch"],
        mimeTypes: [MIME],
        contentType: "file",
        fileFormat: "text",
      });
      languages.addLanguage({
        name: "arch",
        displayName: "archlang",
        mime: MIME,
        extensions: ["arch"],
        async load() {
          const { LanguageSupport, StreamLanguage } = await provided("@codemirror/language");
          return new LanguageSupport(StreamLanguage.define(arch));
        },
      });
      extractors?.register(CELLS, "python");
    },
  };
}

const CELLS = {
  language: "arch",
  fileExtension: "arch",
  standalone: true,
  cellType: ["code"],
  hasForeignCode: (code, cellType) => cellType === "code" && MAGIC.test(code),
  extractForeignCode(code) {
    const [magic] = MAGIC.exec(code);
    const lines = code.split("\n");
    const range = { start: { line: 1, column: 0 }, end: { line: lines.length - 1, column: lines.at(-1).length } };
    return [{ hostCode: magic, foreignCode: code.slice(magic.length), range, virtualShift: null }];
  },
};

// What JupyterLab loads: a container as webpack's module federation has them, written by hand, so that nothing needs to be built.

/** The container of the plugin that a function makes. */
function makeContainer(makePlugin) {
  let shared = {};

  /** A package that JupyterLab brings. */
  async function provided(name) {
    const versions = Object.values(shared[name] ?? {});
    const chosen = versions.find((each) => each.loaded) ?? versions[0];
    if (chosen === undefined) throw new Error(`archlang: this JupyterLab has no ${name}`);
    return (await chosen.get())();
  }

  return {
    init(scope) {
      shared = scope;
    },
    async get() {
      const plugin = await makePlugin(provided);
      return () => ({ __esModule: true, default: plugin });
    },
  };
}

const language = makeLanguage({
  declarations: "task model block layer loss metric train".split(' '),
  keywords: "as else for frozen head if input learned let output repeat require shared".split(' '),
  operators: "and in not or".split(' '),
  constants: "True False None".split(' '),
  types: "bfloat16 bool complex128 complex64 float16 float32 float64 float8_e4m3fn float8_e5m2 int16 int32 int64 int8 string uint16 uint32 uint64 uint8 mixed_bfloat16 mixed_float16 classification binary_classification multilabel_classification regression token_classification segmentation generation forecasting reconstruction".split(' '),
  sources: "csv npz sklearn keras image_folder text_folder text_file text_pairs python".split(' '),
  values: "acc accuracy adadelta adafactor adagrad adam adamax adamw auc bce binary_accuracy binary_crossentropy binary_focal_crossentropy binary_io_u categorical_accuracy categorical_crossentropy categorical_focal_crossentropy categorical_hinge ce celu circle concordance_correlation cosine_similarity crossentropy ctc dice elu exponential f1_score f_beta_score false_negatives false_positives ftrl gelu glorot_normal glorot_uniform glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh he_normal he_uniform hinge huber identity kl_divergence kld leaky_relu lecun_normal lecun_uniform linear lion log_cosh log_cosh_error log_sigmoid log_softmax mae mape mean mean_absolute_error mean_absolute_percentage_error mean_squared_error mean_squared_logarithmic_error mish mse msle muon nadam normal one ones orthogonal pearson_correlation poisson precision r2_score random_normal random_uniform recall relu relu6 rmsprop root_mean_squared_error schedulefreeadamw selu sgd sigmoid silu soft_shrink softmax softplus softsign sparse_categorical_accuracy sparse_categorical_crossentropy sparse_plus sparse_sigmoid sparse_top_k_categorical_accuracy sparsemax squared_hinge squareplus stft sum swish tanh tanh_shrink threshold top_k_categorical_accuracy true_negatives true_positives truncated_normal tversky uniform variance_scaling zero zeros".split(' '),
  classes: "Activation ActivityRegularization AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D Add AdditiveAttention AlphaDropout Attention AugMix AutoContrast Average AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D BatchNormalization Bidirectional CategoryEncoding CenterCrop Concatenate ContrastLimitedAdaptiveHistogramEqualization Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D Convolution1D Convolution1DTranspose Convolution2D Convolution2DTranspose Convolution3D Convolution3DTranspose Cropping1D Cropping2D Cropping3D CutMix Dense DepthwiseConv1D DepthwiseConv2D Discretization Dot Dropout ELU EinsumDense Embedding Equalization Flatten FlaxLayer GRU GRUCell GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization GroupQueryAttention HashedCrossing Hashing Identity InputLayer InputSpec IntegerLookup JaxLayer LSTM LSTMCell Lambda Layer LayerNormalization LeakyReLU Masking MaxNumBoundingBoxes MaxPool1D MaxPool2D MaxPool3D MaxPooling1D MaxPooling2D MaxPooling3D Maximum MelSpectrogram Minimum MixUp MultiHeadAttention Multiply Normalization PReLU Permute Pipeline RMSNormalization RNN RandAugment RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation RandomZoom ReLU RepeatVector Rescaling Reshape Resizing ReversibleEmbedding STFTSpectrogram SeparableConv1D SeparableConv2D SeparableConvolution1D SeparableConvolution2D SimpleRNN SimpleRNNCell Softmax Solarization SpatialDropout1D SpatialDropout2D SpatialDropout3D SpectralNormalization StackedRNNCells StringLookup Subtract TFSMLayer TextVectorization TimeDistributed TorchModuleWrapper UnitNormalization UpSampling1D UpSampling2D UpSampling3D Wrapper ZeroPadding1D ZeroPadding2D ZeroPadding3D ConvNeXtBase ConvNeXtLarge ConvNeXtSmall ConvNeXtTiny ConvNeXtXLarge DenseNet121 DenseNet169 DenseNet201 EfficientNetB0 EfficientNetB1 EfficientNetB2 EfficientNetB3 EfficientNetB4 EfficientNetB5 EfficientNetB6 EfficientNetB7 EfficientNetV2B0 EfficientNetV2B1 EfficientNetV2B2 EfficientNetV2B3 EfficientNetV2L EfficientNetV2M EfficientNetV2S InceptionResNetV2 InceptionV3 MobileNet MobileNetV2 MobileNetV3Large MobileNetV3Small NASNetLarge NASNetMobile ResNet101 ResNet101V2 ResNet152 ResNet152V2 ResNet50 ResNet50V2 VGG16 VGG19 Xception AUC Accuracy Adadelta Adafactor Adagrad Adam AdamW Adamax BackupAndRestore BinaryAccuracy BinaryCrossentropy BinaryFocalCrossentropy BinaryIoU CSVLogger CTC Callback CallbackList CategoricalAccuracy CategoricalCrossentropy CategoricalFocalCrossentropy CategoricalGeneralizedCrossEntropy CategoricalHinge Circle ConcordanceCorrelation Constant Constraint CosineDecay CosineDecayRestarts CosineSimilarity Dice EarlyStopping ExponentialDecay F1Score FBetaScore FalseNegatives FalsePositives Ftrl GlorotNormal GlorotUniform HeNormal HeUniform Hinge History Huber IdentityInitializer Initializer InverseTimeDecay IoU KLDivergence L1 L1L2 L2 Lamb LambdaCallback LearningRateSchedule LearningRateScheduler LecunNormal LecunUniform Lion LogCosh LogCoshError Loss LossScaleOptimizer MaxNorm Mean MeanAbsoluteError MeanAbsolutePercentageError MeanIoU MeanMetricWrapper MeanSquaredError MeanSquaredLogarithmicError Metric MinMaxNorm ModelCheckpoint MultiOptimizer Muon Nadam NonNeg OneHotIoU OneHotMeanIoU Ones Optimizer OptimizerMap OrbaxCheckpoint Orthogonal OrthogonalInitializer OrthogonalRegularizer PearsonCorrelation PiecewiseConstantDecay Poisson PolynomialDecay Precision PrecisionAtRecall ProgbarLogger R2Score RMSprop RandomNormal RandomUniform Recall RecallAtPrecision ReduceLROnPlateau Regularizer RemoteMonitor RootMeanSquaredError SGD STFT STFTInitializer ScheduleFreeAdamW SensitivityAtSpecificity SparseCategoricalAccuracy SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy SpecificityAtSensitivity SquaredHinge Sum SwapEMAWeights TensorBoard TerminateOnNaN TopKCategoricalAccuracy TrueNegatives TruePositives TruncatedNormal Tversky UnitNorm VarianceScaling Zeros".split(' '),
});
const container = makeContainer((provided) => makePlugin(language, provided));
(globalThis._JUPYTERLAB ??= {}).archlang = container;
})();
