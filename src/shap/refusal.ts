/** Why a model file is not used. Stable names: they are logged, measured and shown by `model verify`. */
export type RefusalReason =
  // The bytes.
  | "too_large" // more bytes than the budget
  | "truncated" // a length or a number goes past the end
  | "wire_type" // not the wire type that the field must have, or one that protobuf does not know
  | "varint" // an integer longer than ten bytes, or larger than a JavaScript number holds exactly
  | "text" // not UTF-8 where text must be
  | "unknown_field" // a field number that this reader does not know: another reader might act on it
  | "repeated_field" // a single field given twice: readers disagree on which one counts
  | "nesting" // graphs within graphs, types within types: deeper than the budget
  | "too_many_nodes"
  | "too_many_values"
  // What they say.
  | "missing_field"
  | "attribute_type" // an attribute whose declared type and content differ
  | "tensor_data" // a tensor whose shape and content differ
  | "external_data" // a tensor whose data lies in another file
  // Whether it is a tree ensemble that is understood exactly.
  | "graph_form"
  | "no_tree_ensemble"
  | "unsupported_version"
  | "unsupported_input"
  | "unsupported_output"
  | "unsupported_attribute"
  | "unsupported_classes"
  | "unsupported_base_values"
  | "unsupported_post_transform"
  | "unsupported_aggregate"
  | "unsupported_branch_mode"
  | "attribute_lengths"
  | "tree_order" // the nodes of one tree are not one run
  | "node_id" // the id of a tree or node that onnxruntime would read as another
  | "duplicate_node"
  | "missing_child"
  | "node_reached_twice" // a cycle; in version 5 also two parents
  | "equality_tests" // onnxruntime reads tests for equality of one feature as if they were alike, and they are not
  | "membership" // the sets of BRANCH_MEMBER nodes are empty, or not as many
  | "node_unreached"
  | "too_deep"
  | "feature_index"
  | "threshold_not_a_number"
  | "leaf_not_finite"
  | "leaf_weights"
  | "missing_value_flag"
  // Whether it can be explained.
  | "background"
  | "covers_missing" // nothing says how many rows reached each node
  | "covers_invalid" // no number, negative, or children that do not sum to their parent
  | "covers_zero" // a decision that rows can reach, but none did: its two ways have no shares
  | "unsupported_output_space"
  | "too_costly"; // one row would take more steps than it may

/** A model that is not read or not explained, and why; `detail` says where. */
export class ModelRefusal extends Error {
  override readonly name = "ModelRefusal";
  readonly reason: RefusalReason;
  readonly detail: string;

  constructor(reason: RefusalReason, detail: string) {
    super(`${reason}: ${detail}`);
    this.reason = reason;
    this.detail = detail;
  }
}
