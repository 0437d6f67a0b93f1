# The manifest by the schemas of Kubernetes, and what of the image can be checked without building it.

validate() { "$work/kubernetes/bin/kubernetes-validate" --strict -k "$1" "$2"; }
broken() { sed "s/$1/$2/" $deploy/kubernetes.yaml >"$work/broken.yaml"; refuses validate 1.32 "$work/broken.yaml"; }

if environment "$work/kubernetes" kubernetes-validate==1.37.0 >>"$work/pip.log" 2>&1; then
    for release in 1.27 1.32 1.37; do
        check "kubernetes.yaml is as the schema of Kubernetes $release says" validate $release $deploy/kubernetes.yaml
    done
    check "the schema refuses a policy that is none" broken "concurrencyPolicy: Forbid" "concurrencyPolicy: 3"
    check "the schema refuses a field that is none" broken "backoffLimit:" "backofLimit:"
else
    cannot "kubernetes.yaml by schema" "kubernetes-validate cannot be installed"
fi
if command -v kubectl >/dev/null && kubectl create configmap x --from-literal=a=b --dry-run=client >/dev/null 2>&1; then
    configmap() { kubectl create configmap planner-nightly --from-file=$deploy/nightly.toml --dry-run=client --output yaml >"$work/map.yaml"; }
    is_the_night() { /opt/planner/bin/python -c "import re, sys; assert '  nightly.toml: |' in open(sys.argv[1]).read()" "$work/map.yaml"; }
    check "README: kubectl makes the ConfigMap" configmap
    check "its key is what the pod mounts" is_the_night
else
    cannot "README: kubectl makes the ConfigMap" "there is no kubectl"
fi

base=$(sed -n 's/^FROM .*python:\([0-9.]*\).*/\1/p' $deploy/Containerfile)
check "all that the planner needs has wheels for Python $base of the image" "$work/build/bin/pip" install --quiet --dry-run \
    --python-version "$base" --only-binary :all: --target "$work/image" "$work"/vault_planner-*.whl
cp $deploy/Containerfile "$work/"
if builder=$(command -v podman || command -v docker) && $builder pull -q "$(sed -n 's/^FROM //p' $deploy/Containerfile)" >/dev/null 2>&1; then
    check "the image is built" $builder build --tag planner-system --file "$work/Containerfile" "$work"
else
    cannot "the image is built" "there is no builder, or no registry of images, here"
fi
